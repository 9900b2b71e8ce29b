namespace Gateway.RateLimiting;

/// <summary>Whether one request may pass, and what its client has left.</summary>
/// <param name="Tier">The tier that decided, one of the configured ones.</param>
/// <param name="Limit">Requests a minute.</param>
/// <param name="Remaining">Requests that would pass right now.</param>
/// <param name="Reset">Until the client has its full limit again, if it stays quiet.</param>
/// <param name="RetryAfter">Until the next request would pass; zero when this one did.</param>
internal readonly record struct RateLimitDecision(string Tier, bool IsAllowed, long Limit, long Remaining, TimeSpan Reset, TimeSpan RetryAfter);
