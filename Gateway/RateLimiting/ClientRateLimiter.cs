using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

/// <summary>Finds each client's limits. A sweep every second gives idle leases back and drops clients that have nothing charged.</summary>
internal sealed class ClientRateLimiter : IHostedService, IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<(string Client, string Tier), ClientLimits> _clients = new();
    private readonly Dictionary<string, Tier?> _tiers;
    private readonly string _defaultTier;
    private readonly IQuotaLedger _ledger;
    private readonly BoundedRedis _redis;
    private readonly InstanceCount _instances;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;

    public ClientRateLimiter(IOptions<RateLimitingOptions> options, IQuotaLedger ledger, BoundedRedis redis, InstanceCount instances, TimeProvider clock)
    {
        _tiers = options.Value.Tiers.ToDictionary(t => t.Key, t => Tier.From(t.Key, t.Value), StringComparer.OrdinalIgnoreCase);
        _defaultTier = options.Value.DefaultTier;
        _ledger = ledger;
        _redis = redis;
        _instances = instances;
        _clock = clock;
        _sweep = clock.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <summary>The number of clients in memory.</summary>
    internal int Count => _clients.Count;

    /// <summary>Returns the client's limits; null when its tier has none.</summary>
    /// <param name="tier">The default one if null or not configured.</param>
    public ClientLimits? Find(string client, string? tier)
    {
        if (tier is null || !_tiers.TryGetValue(tier, out var found)) found = _tiers[_defaultTier];
        return found is null ? null : _clients.TryGetValue((client, found.Name), out var limits) ? limits : _clients.GetOrAdd((client, found.Name), Create, found);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_clients.Values.Select(c => c.GiveBackAsync(everything: true)));

    public void Dispose() => _sweep.Dispose();

    private ClientLimits Create((string Client, string Tier) id, Tier tier) => new(
        tier,
        [.. tier.Requests.Concat(tier.Tokens).Select(rule => new LeasedQuota($"quota:{rule.Kind}:{id.Tier}:{id.Client}", rule, _ledger, _instances, _clock))],
        tier.Concurrency > 0 ? new($"slots:{id.Tier}:{id.Client}", tier.Concurrency, _redis, _instances) : null);

    private void Sweep()
    {
        foreach (var (id, limits) in _clients)
        {
            // A request that still holds the dropped object draws its units from the same ledger; no limit is exceeded.
            if (limits.IsIdle) _clients.TryRemove(id, out _);
            else
            {
                limits.Renew();
                _ = limits.GiveBackAsync(everything: false);
            }
        }
    }
}
