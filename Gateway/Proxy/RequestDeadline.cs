namespace Gateway.Proxy;

/// <summary>The caller's <c>x-deadline-ms</c>: the moment after which nobody waits any more. Each attempt tells its model server what is left.</summary>
/// <param name="Start">When the request came in, as a timestamp.</param>
/// <param name="Limit">How long it may take; infinite without the header.</param>
internal readonly record struct RequestDeadline(long Start, TimeSpan Limit)
{
    public bool IsSet => Limit != Timeout.InfiniteTimeSpan;

    /// <summary>A header that is no positive number counts as none: the model server says what is wrong with it.</summary>
    public static RequestDeadline Of(HttpRequest request, TimeProvider time)
    {
        var header = request.Headers[DeadlineHeader.Name];
        return new(time.GetTimestamp(), header.Count == 1 && DeadlineHeader.TryParse(header[0], out var limit) ? limit : Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is left; infinite without a deadline, zero once it has passed.</summary>
    public TimeSpan Left(TimeProvider time)
    {
        if (!IsSet) return Limit;
        var left = Limit - time.GetElapsedTime(Start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
