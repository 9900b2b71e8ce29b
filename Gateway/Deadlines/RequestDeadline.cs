namespace Gateway.Deadlines;

/// <summary>The caller's <c>x-deadline-ms</c>: the moment after which nobody waits any more. Each attempt tells its model server what is left.</summary>
/// <param name="Start">When the head of the request came in, as a timestamp: the time that the body takes counts too.</param>
/// <param name="Limit">How long the request may take; infinite without the header.</param>
internal sealed record RequestDeadline(long Start, TimeSpan Limit)
{
    public static readonly RequestDeadline None = new(0, Timeout.InfiniteTimeSpan);

    public bool IsSet => Limit != Timeout.InfiniteTimeSpan;

    /// <summary>What is left; infinite without a deadline, zero once it has passed.</summary>
    public TimeSpan Left(TimeProvider time)
    {
        if (!IsSet) return Limit;
        var left = Limit - time.GetElapsedTime(Start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
