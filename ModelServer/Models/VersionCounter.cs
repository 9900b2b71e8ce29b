namespace ModelServer.Models;

/// <summary>Counts what a version answered in the last minutes in which it answered anything, so that one that gets no traffic any more still tells what it was like.
/// A request costs a few interlocked additions; a lock is taken once a minute.</summary>
internal sealed class VersionCounter
{
    /// <summary>Minutes that are kept.</summary>
    private const int Minutes = 5;

    /// <summary>Distances are added up as whole millionths.</summary>
    private const double Millionths = 1e6;

    private readonly Lock _gate = new();
    /// <summary>The newest last; replaced as a whole under the gate, read without it.</summary>
    private volatile Minute[] _minutes = [];
    private long _trial;

    /// <summary>A request that was answered.</summary>
    /// <param name="took">In the engine, for what the engine answered: an encoder's run, or a generator's time for each token after the first. Null where there was no such time.</param>
    public void Answered(DateTimeOffset now, TimeSpan? took)
    {
        var minute = Current(now);
        Interlocked.Increment(ref minute.Requests);
        if (took is { } time) Interlocked.Increment(ref minute.Latency[VersionCounts.BucketOf(time)]);
    }

    /// <summary>A request that failed in the version, through no fault of its caller.</summary>
    public void Failed(DateTimeOffset now)
    {
        var minute = Current(now);
        Interlocked.Increment(ref minute.Requests);
        Interlocked.Increment(ref minute.Errors);
    }

    /// <summary>An answer that nobody got was compared with the one that was returned.</summary>
    /// <param name="distance">From 0 to 1.</param>
    public void Compared(DateTimeOffset now, bool agreed, double distance)
    {
        var minute = Current(now);
        Interlocked.Increment(ref minute.Compared);
        if (agreed) Interlocked.Increment(ref minute.Agreed);
        Interlocked.Add(ref minute.Distance, (long)(Math.Clamp(distance, 0, 1) * Millionths));
    }

    /// <summary>Begins anew for a trial, once; outside of any, what was counted stays.</summary>
    /// <param name="trial">Its id; 0 for none.</param>
    public void Follow(long trial)
    {
        lock (_gate)
        {
            if (_trial == trial) return;
            if (trial != 0) _minutes = [];
            Volatile.Write(ref _trial, trial);
        }
    }

    /// <returns>Null where it never answered anything.</returns>
    public VersionCounts? Read()
    {
        Minute[] minutes;
        long trial;
        lock (_gate) (minutes, trial) = (_minutes, _trial);
        if (minutes.Length == 0 && trial == 0) return null;
        var latency = new long[VersionCounts.Buckets];
        foreach (var minute in minutes)
            for (var i = 0; i < latency.Length; i++) latency[i] += Volatile.Read(ref minute.Latency[i]);
        var compared = Sum(m => Volatile.Read(ref m.Compared));
        return new(
            trial,
            Sum(m => Volatile.Read(ref m.Requests)),
            Sum(m => Volatile.Read(ref m.Errors)),
            latency,
            compared == 0 ? null : new(compared, Sum(m => Volatile.Read(ref m.Agreed)), Sum(m => Volatile.Read(ref m.Distance)) / Millionths));

        long Sum(Func<Minute, long> count) => minutes.Sum(count);
    }

    private Minute Current(DateTimeOffset now)
    {
        var number = now.UtcTicks / TimeSpan.TicksPerMinute;
        // A clock that was set back goes on in the minute there is.
        if (_minutes is [.., var newest] && newest.Number >= number) return newest;
        lock (_gate)
        {
            if (_minutes is [.., var current] && current.Number >= number) return current;
            var next = new Minute(number);
            _minutes = [.. _minutes.TakeLast(Minutes - 1), next];
            return next;
        }
    }

    private sealed class Minute(long number)
    {
        public readonly long[] Latency = new long[VersionCounts.Buckets];
        public long Requests, Errors, Compared, Agreed, Distance;

        public long Number => number;
    }
}
