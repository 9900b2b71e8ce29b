using System.Globalization;

namespace Gateway.RateLimiting;

/// <summary>Tells the client what it has left, in the IETF draft's form (draft-ietf-httpapi-ratelimit-headers-10) and in OpenAI's.</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, RateLimitDecision decision)
    {
        var (tier, limit, remaining) = (decision.Tier, decision.Limit, decision.Remaining);
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{tier}\";q={limit};w=60");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{tier}\";r={remaining};t={Math.Ceiling(decision.Reset.TotalSeconds)}");
        headers["x-ratelimit-limit-requests"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-requests"] = remaining.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-reset-requests"] = Duration(decision.Reset);
    }

    /// <summary>OpenAI's durations: <c>12ms</c>, <c>1.5s</c>, <c>6m0s</c>.</summary>
    internal static string Duration(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalMilliseconds)}ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(span.TotalSeconds, 3)}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMinutes}m{span.Seconds}s"),
    };
}
