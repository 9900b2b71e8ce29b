using System.Collections.Concurrent;
using System.Security.Claims;

namespace ServiceDefaults;

/// <summary>Tokens that are no longer believed though they have not expired, by their <c>jti</c>. Kept in this process, so that they stay refused
/// while Redis is away; <see cref="RevocationSync"/> carries them from service to service.</summary>
public sealed class RevokedTokens(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiries = new(StringComparer.Ordinal);

    // Every request asks, and an empty dictionary would take all its locks to be sure that it is empty.
    private volatile bool _hasAny;

    /// <param name="expires">When the token expires by itself and need not be remembered any more.</param>
    public void Add(string id, DateTimeOffset expires)
    {
        _expiries.AddOrUpdate(id, expires, (_, known) => known > expires ? known : expires);
        _hasAny = true;
    }

    public bool Contains(ClaimsPrincipal user) => _hasAny && user.TokenId() is { } id && _expiries.ContainsKey(id);

    /// <summary>All that still matter.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Living()
    {
        foreach (var (id, expires) in _expiries)
            if (expires <= time.GetUtcNow()) _expiries.TryRemove(id, out _);
        return _expiries;
    }
}
