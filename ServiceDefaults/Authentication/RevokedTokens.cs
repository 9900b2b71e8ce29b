using System.Collections.Concurrent;
using System.Security.Claims;

namespace ServiceDefaults.Authentication;

/// <summary>Remembers by their <c>jti</c> the tokens that were revoked before they expire. They are kept in this process, so that they stay refused
/// while Redis is away; <see cref="RevocationSync"/> carries them from service to service.</summary>
public sealed class RevokedTokens(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiries = new(StringComparer.Ordinal);

    // Every request asks. An empty ConcurrentDictionary takes all its locks to be sure that it is empty.
    private volatile bool _hasAny;

    /// <param name="expires">When the token expires by itself and need not be remembered any more.</param>
    public void Add(string id, DateTimeOffset expires)
    {
        _expiries.AddOrUpdate(id, expires, (_, known) => known > expires ? known : expires);
        _hasAny = true;
    }

    /// <summary>Whether the user's token was revoked.</summary>
    public bool Contains(ClaimsPrincipal user) => _hasAny && user.TokenId() is { } id && _expiries.ContainsKey(id);

    /// <summary>Forgets the tokens that have expired and returns the others, with their expiry.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Living()
    {
        foreach (var (id, expires) in _expiries)
            if (expires <= time.GetUtcNow()) _expiries.TryRemove(id, out _);
        return _expiries;
    }
}
