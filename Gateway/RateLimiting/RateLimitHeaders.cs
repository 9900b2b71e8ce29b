using System.Globalization;

namespace Gateway.RateLimiting;

/// <summary>Writes the client's remaining limits, in the IETF draft's form (draft-ietf-httpapi-ratelimit-headers-10) and in OpenAI's.</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, in RateLimitDecision decision)
    {
        var (tier, requests) = (decision.Tier, decision.Requests);
        var (policy, state) = (Policy(tier, requests), State(tier, requests));
        headers["x-ratelimit-limit-requests"] = Number(requests.Rule.Limit);
        headers["x-ratelimit-remaining-requests"] = Number(requests.Remaining);
        headers["x-ratelimit-reset-requests"] = Duration(requests.Reset);
        if (decision.Tokens is { } tokens)
        {
            var name = $"{tier}-tokens";
            (policy, state) = ($"{policy}, {Policy(name, tokens)}", $"{state}, {State(name, tokens)}");
            headers["x-ratelimit-limit-tokens"] = Number(tokens.Rule.Limit);
            headers["x-ratelimit-remaining-tokens"] = Number(tokens.Remaining);
            headers["x-ratelimit-reset-tokens"] = Duration(tokens.Reset);
        }

        headers["RateLimit-Policy"] = policy;
        headers["RateLimit"] = state;
    }

    /// <summary>Formats a duration as OpenAI does: <c>12ms</c>, <c>1.5s</c>, <c>6m0s</c>.</summary>
    internal static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalMilliseconds)}ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalSeconds, 3)}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMinutes}m{span.Seconds}s"),
    };

    private static string Policy(string name, in QuotaView quota)
        => string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={quota.Rule.Limit};w={Math.Ceiling(quota.Rule.Window.TotalSeconds)}");

    private static string State(string name, in QuotaView quota)
        => string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={quota.Remaining};t={Math.Ceiling(quota.Reset.TotalSeconds)}");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
