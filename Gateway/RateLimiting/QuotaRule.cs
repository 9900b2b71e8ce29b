namespace Gateway.RateLimiting;

/// <summary>One limit: so many units in each window of a client.</summary>
internal sealed record QuotaRule(QuotaKind Kind, long Limit, TimeSpan Window);

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
