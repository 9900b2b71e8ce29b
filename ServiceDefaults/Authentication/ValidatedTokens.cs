using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Authentication;

/// <summary>Remembers tokens whose signature was found good lately, by their SHA-256: checking it again costs 13 µs with HS256 and up to 230 µs with
/// RS256, where the gateway's whole request costs 65 (docs/architecture.md). Expiry and revocation are looked at every time, and a key that the authority withdraws is forgotten within minutes.</summary>
internal sealed class ValidatedTokens(RevokedTokens revoked, TimeProvider time)
{
    /// <summary>The most tokens remembered; when it is reached all are forgotten, which costs one signature check for each.</summary>
    public const int Capacity = 10_000;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<Digest, Entry> _entries = new();
    private int _count;

    internal int Count => _entries.Count;

    /// <returns>Null for a token that is not known to be good.</returns>
    public ClaimsPrincipal? Find(ReadOnlySpan<char> token)
    {
        var key = Digest.Of(token);
        if (!_entries.TryGetValue(key, out var entry)) return null;
        if (time.GetUtcNow() < entry.Expires && !revoked.Contains(entry.Principal)) return entry.Principal;
        if (_entries.TryRemove(key, out _)) Interlocked.Decrement(ref _count);
        return null;
    }

    /// <param name="validTo">When the token itself expires.</param>
    public void Add(string token, ClaimsPrincipal principal, DateTimeOffset validTo)
    {
        if (Volatile.Read(ref _count) >= Capacity)
        {
            _entries.Clear();
            Volatile.Write(ref _count, 0);
        }

        var forget = time.GetUtcNow() + Lifetime;
        if (_entries.TryAdd(Digest.Of(token), new(principal, validTo < forget ? validTo : forget))) Interlocked.Increment(ref _count);
    }

    private sealed record Entry(ClaimsPrincipal Principal, DateTimeOffset Expires);

    /// <summary>The whole SHA-256, so that no two tokens are ever taken for each other.</summary>
    private readonly record struct Digest(UInt128 High, UInt128 Low)
    {
        public static Digest Of(ReadOnlySpan<char> token)
        {
            Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetByteCount(token)];
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(token, utf8)], hash);
            var halves = MemoryMarshal.Cast<byte, UInt128>(hash);
            return new(halves[0], halves[1]);
        }
    }
}
