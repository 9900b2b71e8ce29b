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

    /// <summary>Whether a tier is configured.</summary>
    public bool HasTier(string tier) => _tiers.ContainsKey(tier);

    /// <summary>Returns a tier; null when it has no limits.</summary>
    /// <param name="name">The default one if null or not configured.</param>
    public Tier? TierOf(string? name) => name is not null && _tiers.TryGetValue(name, out var tier) ? tier : _tiers[_defaultTier];

    /// <summary>Returns the client's limits, which are not forgotten until they are disposed.</summary>
    public ClientLimits Hold(string client, Tier tier)
    {
        var spin = default(SpinWait);
        while (true)
        {
            var limits = _clients.TryGetValue((client, tier.Name), out var known) ? known : _clients.GetOrAdd((client, tier.Name), Create, tier);
            if (limits.TryHold()) return limits;
            // The sweep is about to drop it, or finds that it may not.
            spin.SpinOnce();
        }
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
            if (limits.TryRetire()) _clients.TryRemove(id, out _);
            else
            {
                limits.Renew();
                _ = limits.GiveBackAsync(everything: false);
            }
        }
    }
}

/// <summary>All limits of one client in one tier.</summary>
/// <param name="quotas">The quotas of requests, then those of tokens.</param>
/// <param name="slots">Null where requests at the same time are not limited.</param>
internal sealed class ClientLimits(Tier tier, LeasedQuota[] quotas, ConcurrencySlots? slots) : IDisposable
{
    private const int Retired = -1;

    // Requests that hold it. Invariant: one that is retired is held by nobody, so that no request's slot is renewed by nobody, or counted by two objects.
    private int _holders;

    private bool IsIdle => quotas.All(q => q.IsIdle) && slots is not { IsIdle: false };

    /// <summary>Keeps it from being forgotten until it is disposed; false when it is just being forgotten.</summary>
    public bool TryHold()
    {
        while (true)
        {
            var holders = Volatile.Read(ref _holders);
            if (holders == Retired) return false;
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders) return true;
        }
    }

    /// <summary>Ends a hold.</summary>
    public void Dispose() => Interlocked.Decrement(ref _holders);

    /// <summary>Whether it may be forgotten: nobody holds it, and nothing is charged.</summary>
    public bool TryRetire()
    {
        if (Interlocked.CompareExchange(ref _holders, Retired, 0) != 0) return false;
        if (IsIdle) return true;
        Volatile.Write(ref _holders, 0);
        return false;
    }

    /// <summary>Takes one request and the tokens reserved for it from every quota, or nothing from any.</summary>
    public async ValueTask<Admission> AdmitAsync(long tokens)
    {
        var takes = new QuotaTake[quotas.Length];
        for (var i = 0; i < quotas.Length; i++)
        {
            var units = i < tier.Requests.Length ? 1 : tokens;
            takes[i] = await quotas[i].TakeAsync(units);
            if (!takes[i].IsAllowed) return Refuse(Refusal.Of(quotas[i].Rule, takes[i].FreeIn, units), i);
        }

        if (slots is not null && !await slots.TryEnterAsync()) return Refuse(Refusal.OfConcurrency(slots.Limit), quotas.Length);
        return new(this, View(null), takes);

        Admission Refuse(Refusal why, int taken)
        {
            for (var i = 0; i < taken; i++) quotas[i].Settle(takes[i], 0);
            for (var i = 0; i < quotas.Length; i++)
                if (i != taken) takes[i] = quotas[i].Peek();
            return new(this, View(why), []);
        }

        RateLimitDecision View(Refusal? why)
        {
            var requests = ViewOf(0);
            return new(tier.Name, requests, quotas.Length > tier.Requests.Length ? ViewOf(tier.Requests.Length) : null, why);
        }

        QuotaView ViewOf(int i) => new(quotas[i].Rule, takes[i].Remaining, takes[i].Reset);
    }

    /// <summary>Charges the tokens that were really used and frees the slot.</summary>
    public void Finish(QuotaTake[] takes, long tokens)
    {
        for (var i = tier.Requests.Length; i < quotas.Length; i++) quotas[i].Settle(takes[i], tokens);
        slots?.Release();
    }

    public void Renew() => slots?.Renew();

    public Task GiveBackAsync(bool everything) => Task.WhenAll(quotas.Select(q => q.GiveBackAsync(everything)));
}

/// <summary>The decision on one request, and the units and slot that the request holds until it is finished.</summary>
internal sealed class Admission(ClientLimits limits, RateLimitDecision decision, QuotaTake[] takes)
{
    public RateLimitDecision Decision { get; } = decision;

    /// <inheritdoc cref="ClientLimits.Finish"/>
    public void Finish(long tokens)
    {
        if (Decision.IsAllowed) limits.Finish(takes, tokens);
    }
}
