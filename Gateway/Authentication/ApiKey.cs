using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Gateway.Authentication;

/// <summary>An API key as it is stored: its hash, never the key itself.</summary>
/// <param name="Hash">SHA-256 of the secret; enough for a secret of 256 random bits.</param>
/// <param name="Subject">The client it stands for.</param>
/// <param name="Models">The models it is for; all if null, none if empty.</param>
internal sealed record ApiKey(
    string Id, byte[] Hash, string Name, string Subject, string[] Scopes, string? Tier, string[]? Models, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Compares in constant time.</summary>
    public bool Matches(string secret) => CryptographicOperations.FixedTimeEquals(Hash, HashOf(secret));

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Returns the claims that a token of the key's client would carry.</summary>
    public IEnumerable<Claim> Claims()
    {
        yield return new("sub", Subject);
        yield return new("scope", string.Join(' ', Scopes));
        yield return new("jti", Id);
        if (Tier is not null) yield return new("tier", Tier);
        if (Models is not null) yield return new("models", string.Join(' ', Models));
    }
}

/// <summary>Makes and parses the text of a key: <c>sk-{id}-{secret}</c>, 96 random bits in hexadecimal and 256 in base64url.</summary>
internal static class ApiKeyText
{
    public const string Prefix = "sk-";
    private const int IdBytes = 12, SecretBytes = 32, IdLength = 2 * IdBytes, SecretLength = 43;

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    public static string Join(string id, string secret) => $"{Prefix}{id}-{secret}";

    public static bool TrySplit(ReadOnlySpan<char> key, out string id, out string secret)
    {
        (id, secret) = ("", "");
        if (key.Length != Prefix.Length + IdLength + 1 + SecretLength || !key.StartsWith(Prefix) || key[Prefix.Length + IdLength] != '-') return false;
        id = key.Slice(Prefix.Length, IdLength).ToString();
        secret = key[^SecretLength..].ToString();
        return id.All(char.IsAsciiHexDigitLower);
    }
}

[JsonSerializable(typeof(ApiKey))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
