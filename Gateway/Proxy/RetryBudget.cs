using Microsoft.Extensions.Options;

namespace Gateway.Proxy;

/// <summary>Limits how many requests are sent a second time. Every request earns a fraction of a retry, and a few retries a second are free.
/// Both are token buckets, each one number changed by compare-and-swap.</summary>
internal sealed class RetryBudget(IOptions<ProxyOptions> options, TimeProvider time)
{
    /// <summary>Retries that can be saved up: when a replica with many requests dies, all of them come at once.</summary>
    public const int MaxSaved = 1000;

    /// <summary>Seconds for which unused free retries are kept.</summary>
    public const int FloorSeconds = 3;

    private const long Retry = 10_000;
    private readonly long _earning = (long)(options.Value.RetryRatio * Retry);
    private readonly int _floor = options.Value.RetryFloor;
    private readonly long _start = time.GetTimestamp();
    private long _saved;
    private long _floorFullAt;

    /// <summary>Adds the fraction of a retry that one request earns.</summary>
    public void Earn()
    {
        if (Volatile.Read(ref _saved) < MaxSaved * Retry) Interlocked.Add(ref _saved, _earning);
    }

    /// <summary>Spends one retry; false when there is none left.</summary>
    public bool TrySpend()
    {
        for (var saved = Volatile.Read(ref _saved); saved >= Retry;)
        {
            var seen = Interlocked.CompareExchange(ref _saved, saved - Retry, saved);
            if (seen == saved) return true;
            saved = seen;
        }

        return TrySpendFloor();
    }

    // The generic cell rate algorithm: all that is remembered is when the bucket will be full again.
    private bool TrySpendFloor()
    {
        if (_floor == 0) return false;
        var interval = TimeSpan.TicksPerSecond / _floor;
        while (true)
        {
            var now = time.GetElapsedTime(_start).Ticks;
            var seen = Volatile.Read(ref _floorFullAt);
            var next = Math.Max(seen, now) + interval;
            if (next - now > interval * _floor * FloorSeconds) return false;
            if (Interlocked.CompareExchange(ref _floorFullAt, next, seen) == seen) return true;
        }
    }
}
