using System.Collections.Concurrent;
using System.Security.Claims;

namespace ServiceDefaults;

/// <summary>Tokens that are no longer believed though they have not expired, by their <c>jti</c>. Kept in this process, so that they stay refused
/// while Redis is away; <see cref="RevocationSync"/> carries them from service to service.</summary>
public sealed class RevokedTokens(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiries = new(StringComparer.Ordinal);

    /// <param name="expires">When the token expires by itself and need not be remembered any more.</param>
    public void Add(string id, DateTimeOffset expires) => _expiries.AddOrUpdate(id, expires, (_, known) => known > expires ? known : expires);

    public bool Contains(ClaimsPrincipal user) => !_expiries.IsEmpty && user.TokenId() is { } id && _expiries.ContainsKey(id);

    /// <summary>All that still matter.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Living()
    {
        foreach (var (id, expires) in _expiries)
            if (expires <= time.GetUtcNow()) _expiries.TryRemove(id, out _);
        return _expiries;
    }
}
