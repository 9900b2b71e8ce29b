using System.Text.Json;

namespace Gateway.RateLimiting;

/// <summary>Whether one request may pass, and what its client has left, as every header and refusal says.</summary>
/// <param name="Tier">The tier that decided, one of the configured ones.</param>
/// <param name="Requests">Requests a minute.</param>
/// <param name="Tokens">Tokens a minute, or in the shortest window that limits them; null where they are not limited.</param>
/// <param name="Refusal">Which limit refused; null when the request passes.</param>
internal readonly record struct RateLimitDecision(string Tier, QuotaView Requests, QuotaView? Tokens, Refusal? Refusal = null)
{
    public bool IsAllowed => Refusal is null;
}

/// <param name="Remaining">Units that would pass right now.</param>
/// <param name="Reset">Until the full limit is there again.</param>
internal readonly record struct QuotaView(QuotaRule Rule, long Remaining, TimeSpan Reset);

/// <param name="Kind">The limit that refused, as metrics spell it.</param>
/// <param name="Code">A stable word for programs.</param>
/// <param name="RetryAfter">When trying again may help; null where it never does.</param>
internal sealed record Refusal(string Kind, string Code, string Message, TimeSpan? RetryAfter)
{
    private static readonly TimeSpan SlotWait = TimeSpan.FromSeconds(1);

    public static Refusal Of(QuotaRule rule, TimeSpan freeIn, long units)
    {
        var (code, limit) = rule.Kind switch
        {
            QuotaKind.Requests => ("rate_limit_exceeded", $"{rule.Limit} requests a minute"),
            QuotaKind.Burst => ("rate_limit_exceeded", $"{rule.Limit} requests at once"),
            QuotaKind.TokensPerMinute => ("token_limit_exceeded", $"{rule.Limit} tokens a minute"),
            QuotaKind.TokensPerDay => ("token_quota_exceeded", $"{rule.Limit} tokens a day"),
            _ => ("token_quota_exceeded", $"{rule.Limit} tokens in 30 days"),
        };
        var kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.Kind.ToString());
        if (units > rule.Limit) return new(kind, code, $"The request may need {units} tokens, more than the limit of {limit} ever allows.", null);
        // A charge counts for up to two slices longer than the window. Clients that wait do so for a minute at most (OpenAI's SDKs ignore more) and, where that
        // was a little early, once again for what is left.
        return new(kind, code, $"The limit of {limit} is used up.", freeIn < rule.Window ? freeIn : rule.Window);
    }

    public static Refusal OfConcurrency(int limit) => new("concurrency", "concurrency_limit_exceeded", $"The limit of {limit} requests at the same time is reached.", SlotWait);
}
