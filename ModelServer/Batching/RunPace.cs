namespace ModelServer.Batching;

/// <summary>Tells how long work will run alone, by what ran alone before. For all threads.</summary>
internal sealed class RunPace
{
    /// <summary>A thread that requests share is kept from them for so long at most.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(5);

    /// <summary>How much the last run tells of the next.</summary>
    private const double Weight = 0.25;

    /// <summary>Seconds for each token; infinite until something ran. What two threads write at once may lose one of both.</summary>
    private double _pace = double.PositiveInfinity;

    /// <param name="cost">Tokens.</param>
    public void Ran(int cost, TimeSpan elapsed)
    {
        var (now, before) = (elapsed.TotalSeconds / cost, Volatile.Read(ref _pace));
        Volatile.Write(ref _pace, double.IsFinite(before) ? before + (Weight * (now - before)) : now);
    }

    /// <summary>Whether work of so many tokens is likely to be done before anybody misses the thread that it runs on.</summary>
    public bool IsShort(int cost) => Volatile.Read(ref _pace) * cost <= Short.TotalSeconds;
}
