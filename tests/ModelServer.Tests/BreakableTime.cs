namespace ModelServer.Tests;

/// <summary>A clock that throws on a model's own threads once told to: what they do outside a run then fails.</summary>
/// <param name="threads">How the names of those threads begin.</param>
internal sealed class BreakableTime(string threads) : TimeProvider
{
    private volatile bool _breaks;

    public bool Breaks
    {
        get => _breaks;
        set => _breaks = value;
    }

    public override long GetTimestamp() => Breaks && Thread.CurrentThread.Name?.StartsWith(threads, StringComparison.Ordinal) == true
        ? throw new InvalidTimeZoneException("for the test")
        : base.GetTimestamp();
}
