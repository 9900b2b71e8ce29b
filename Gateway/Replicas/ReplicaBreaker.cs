namespace Gateway.Replicas;

/// <summary>Opens after failures in a row, for a time that doubles from trial to failed trial, and closes on the first success.
/// Not safe for several threads at once: <see cref="Replica"/> guards it.</summary>
internal sealed class ReplicaBreaker(ReplicaOptions options, TimeProvider time)
{
    private const int MaxDoublings = 5;
    private int _failures;
    private int _doublings;
    private long _openedAt;
    private TimeSpan _openFor;

    public bool IsClosed { get; private set; } = true;

    /// <summary>Whether it has been open long enough for a trial request (half-open).</summary>
    public bool MayTry => !IsClosed && time.GetElapsedTime(_openedAt) >= _openFor;

    public void Succeed()
    {
        (_failures, _doublings) = (0, 0);
        IsClosed = true;
    }

    /// <summary>Counts a failure.</summary>
    /// <returns>Whether it is one too many: the caller may then <see cref="Open"/>.</returns>
    public bool Fail() => IsClosed ? ++_failures >= options.EjectAfter : MayTry;

    public void Open()
    {
        if (!IsClosed) _doublings = Math.Min(_doublings + 1, MaxDoublings);
        IsClosed = false;
        _openedAt = time.GetTimestamp();
        _openFor = options.EjectionTime * (1 << _doublings);
    }
}
