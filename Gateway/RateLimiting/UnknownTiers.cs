using System.Collections.Concurrent;
using System.Security.Claims;
using Gateway.Authentication;

namespace Gateway.RateLimiting;

/// <summary>Judges requests of a tier that is not configured. A token gets the default tier, since its authority may know tiers that this platform does not. The tier of an API
/// key was configured when the key was made: the key is refused, for the default tier may allow more.</summary>
internal sealed partial class UnknownTiers(ILogger<UnknownTiers> logger)
{
    private readonly ConcurrentDictionary<(string Tier, bool IsKey), bool> _logged = new();

    /// <summary>How many more are logged: names come from outside.</summary>
    private int _left = 100;

    /// <returns>Why the request is refused, or null.</returns>
    public ApiError? Judge(string tier, ClaimsPrincipal user)
    {
        var isKey = user.Identity?.AuthenticationType == ApiKeyAuthentication.SchemeName;
        if (Volatile.Read(ref _left) > 0 && _logged.TryAdd((tier, isKey), true) && Interlocked.Decrement(ref _left) >= 0) LogUnknown(tier, isKey ? "an API key is refused" : "a token gets the default tier");
        return isKey ? new(403, $"The tier '{tier}' of this API key is not configured.") { Code = "tier_not_configured" } : null;
    }

    [LoggerMessage(EventId = 2300, Level = LogLevel.Warning, Message = "The tier {Tier} is not configured (RateLimiting:Tiers): {Outcome}")]
    private partial void LogUnknown(string tier, string outcome);
}
