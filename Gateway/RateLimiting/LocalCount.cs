namespace Gateway.RateLimiting;

/// <summary>Counts one client for this gateway alone, up to the gateway's share of the limit, while the ledger does not answer; and remembers what was spent without
/// the ledger's knowledge. Not thread-safe: <see cref="LeasedQuota"/> calls it under its lock.</summary>
internal sealed class LocalCount(QuotaRule rule, InstanceCount instances)
{
    private SlidingWindow? _window;

    /// <summary>Units spent that the ledger has not been told of.</summary>
    public long Debt { get; private set; }

    public long Share => Math.Max(1, rule.Limit / instances.Current);

    /// <param name="used">Units that all gateways had used when the ledger last answered: from here on each has its share of the rest.</param>
    public QuotaGrant Draw(in QuotaDraw draw, long used, TimeSpan now)
    {
        if (_window is null)
        {
            _window = new(rule, Share);
            _window.Draw(Milliseconds(now), new(0, 0, Debt: used / instances.Current));
        }

        var grant = _window.Draw(Milliseconds(now), new(draw.Least, draw.Wanted));
        Debt += grant.Granted;
        return grant;
    }

    /// <summary>The ledger has answered and counts again.</summary>
    /// <param name="told">The debt that it was told of.</param>
    public void End(long told)
    {
        Debt = Math.Max(0, Debt - told);
        _window = null;
    }

    /// <summary>Takes back units that were counted here and not spent; nothing once the ledger counts again, which has been told of them.</summary>
    public void Refund(long slice, long units, TimeSpan now)
    {
        if (_window is null) return;
        _window.Draw(Milliseconds(now), new(0, 0) { Credits = [new(slice, units)] });
        Debt = Math.Max(0, Debt - units);
    }

    /// <summary>Charges units that no lease covers.</summary>
    public void Charge(long units, TimeSpan now)
    {
        Debt += units;
        _window?.Draw(Milliseconds(now), new(0, 0, Debt: units));
    }

    private static long Milliseconds(TimeSpan now) => (long)now.TotalMilliseconds;
}
