using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

/// <summary>One token bucket per client and tier, by the generic cell rate algorithm: all a bucket remembers is the moment at which
/// it will be full again, so taking a token is one compare-and-swap. Buckets that have filled up are forgotten.</summary>
internal sealed class ClientRateLimiter : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string Client, string Tier), StrongBox<long>> _fullAt = new();
    private readonly RateLimitingOptions _options;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly ITimer _sweep;

    public ClientRateLimiter(IOptions<RateLimitingOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _clock = clock;
        _start = clock.GetTimestamp();
        _sweep = clock.CreateTimer(_ => ForgetFull(), null, Window, Window);
    }

    /// <summary>Clients that are remembered.</summary>
    internal int Count => _fullAt.Count;

    /// <summary>Takes one request from the client's bucket; null when its tier has no limit.</summary>
    public RateLimitDecision? Acquire(string client, string? tier)
    {
        var name = (tier is not null && _options.Tiers.ContainsKey(tier) ? tier : _options.DefaultTier).ToLowerInvariant();
        var settings = _options.Tiers[name];
        if (settings.Unlimited) return null;

        var limit = settings.RequestsPerMinute;
        var interval = Window.Ticks / limit;
        var capacity = interval * limit;
        var fullAt = _fullAt.GetOrAdd((client, name), static _ => new());
        while (true)
        {
            var now = Now;
            var seen = Volatile.Read(ref fullAt.Value);
            var reset = Math.Max(seen - now, 0);
            if (reset + interval > capacity)
                return new(name, false, limit, 0, TimeSpan.FromTicks(reset), TimeSpan.FromTicks(reset + interval - capacity));
            reset += interval;
            if (Interlocked.CompareExchange(ref fullAt.Value, now + reset, seen) == seen)
                return new(name, true, limit, (capacity - reset) / interval, TimeSpan.FromTicks(reset), TimeSpan.Zero);
        }
    }

    public void Dispose() => _sweep.Dispose();

    private long Now => _clock.GetElapsedTime(_start).Ticks;

    private void ForgetFull()
    {
        var now = Now;
        foreach (var (key, fullAt) in _fullAt)
            if (Volatile.Read(ref fullAt.Value) <= now) _fullAt.TryRemove(key, out _);
    }
}
