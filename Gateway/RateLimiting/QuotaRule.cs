namespace Gateway.RateLimiting;

/// <summary>Limits the units of one client within any span of time as long as the window.</summary>
internal sealed record QuotaRule(QuotaKind Kind, long Limit, TimeSpan Window)
{
    private const int SlicesInWindow = 60;

    /// <summary>Units are charged to slices of time, and may be spent for as long as one slice after they were leased.</summary>
    public long SliceMilliseconds { get; } = Math.Max(1, (long)Window.TotalMilliseconds / SlicesInWindow);

    /// <summary>Slices for which a charge counts: the window, the slice it was made in, and the one in which it may still be spent.</summary>
    public long LivingSlices => ((long)Math.Ceiling(Window.TotalMilliseconds) + SliceMilliseconds - 1) / SliceMilliseconds + 2;
}

internal enum QuotaKind
{
    Requests,
    Burst,
    TokensPerMinute,
    TokensPerDay,
    TokensPerMonth,
}

/// <summary>A configured tier and the limits it consists of.</summary>
/// <param name="Tokens">Empty where tokens are not limited.</param>
internal sealed record Tier(string Name, QuotaRule[] Requests, QuotaRule[] Tokens, int Concurrency)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Day = TimeSpan.FromDays(1), Month = TimeSpan.FromDays(30);

    /// <returns>Null for a tier without limits.</returns>
    public static Tier? From(string name, TierOptions options)
    {
        if (options.Unlimited) return null;
        List<QuotaRule> requests = [new(QuotaKind.Requests, options.RequestsPerMinute, Minute)];
        if (options.Burst > 0 && options.Burst < options.RequestsPerMinute)
            requests.Add(new(QuotaKind.Burst, options.Burst, Minute * ((double)options.Burst / options.RequestsPerMinute)));
        QuotaRule[] tokens =
        [
            new(QuotaKind.TokensPerMinute, options.TokensPerMinute, Minute),
            new(QuotaKind.TokensPerDay, options.TokensPerDay, Day),
            new(QuotaKind.TokensPerMonth, options.TokensPerMonth, Month),
        ];
        return new(name.ToLowerInvariant(), [.. requests], [.. tokens.Where(t => t.Limit > 0)], options.Concurrency);
    }
}
