namespace Gateway.RateLimiting;

/// <summary>All limits of one client in one tier.</summary>
/// <param name="quotas">The quotas of requests, then those of tokens.</param>
/// <param name="slots">Null where requests at the same time are not limited.</param>
internal sealed class ClientLimits(Tier tier, LeasedQuota[] quotas, ConcurrencySlots? slots)
{
    public Tier Tier => tier;

    public bool IsIdle => quotas.All(q => q.IsIdle) && slots is not { IsIdle: false };

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
    /// <param name="tokens">Null to leave it at what was reserved.</param>
    public void Finish(QuotaTake[] takes, long? tokens)
    {
        if (tokens is { } used)
            for (var i = tier.Requests.Length; i < quotas.Length; i++) quotas[i].Settle(takes[i], used);
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
    public void Finish(long? tokens)
    {
        if (Decision.IsAllowed) limits.Finish(takes, tokens);
    }
}
