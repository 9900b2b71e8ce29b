using System.Collections.Concurrent;
using System.Security.Claims;

namespace ServiceDefaults.Authentication;

/// <summary>Remembers by their <c>jti</c> the tokens that were revoked before they expire. They are kept in this process, so that they stay refused
/// while Redis is away; <see cref="RevocationSync"/> carries them from service to service.</summary>
public sealed class RevokedTokens(TimeProvider time)
{
    /// <summary>The end of what is revoked for good, the last second that a date can name. When a token expires is written in the token alone: whoever knows only its <c>jti</c> does not know.</summary>
    public static readonly DateTimeOffset ForGood = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _ends = new(StringComparer.Ordinal);

    // Every request asks. An empty ConcurrentDictionary takes all its locks to be sure that it is empty.
    private volatile bool _hasAny;

    /// <param name="until">When the token has certainly expired by itself and need not be remembered any more; an earlier end than a known one changes nothing.</param>
    public void Add(string id, DateTimeOffset until)
    {
        // In whole seconds, as Redis keeps them, and never too early.
        until = until < ForGood ? DateTimeOffset.FromUnixTimeSeconds(until.AddTicks(TimeSpan.TicksPerSecond - 1).ToUnixTimeSeconds()) : ForGood;
        _ends.AddOrUpdate(id, until, (_, known) => known > until ? known : until);
        _hasAny = true;
    }

    /// <summary>Whether the user's token was revoked.</summary>
    public bool Contains(ClaimsPrincipal user) => _hasAny && user.TokenId() is { } id && _ends.ContainsKey(id);

    /// <summary>Forgets the tokens that have expired and returns the others, with their end.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Living()
    {
        foreach (var (id, end) in _ends)
            if (end <= time.GetUtcNow()) _ends.TryRemove(id, out _);
        return _ends;
    }
}
