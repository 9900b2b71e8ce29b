using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Testing;

/// <summary>Tokens that services started with <see cref="Settings"/> accept, and near misses that they must not.</summary>
public static class TestTokens
{
    public const string Issuer = "https://tests.invalid";
    public const string Audience = "platform-tests";
    public const string SigningKey = "tests-only-0123456789abcdef0123456789abcdef0123456789abcdef01234";

    /// <summary>The configuration that makes a service trust <see cref="Create"/>.</summary>
    public static IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Authentication:Issuer"] = Issuer,
        ["Authentication:Audience"] = Audience,
        ["Authentication:SigningKey"] = SigningKey,
    };

    public static string Create(
        string? scope = "infer", string subject = "tester", string key = SigningKey, string issuer = Issuer, string audience = Audience,
        DateTime? expires = null, IReadOnlyDictionary<string, object>? claims = null)
    {
        var identity = new List<Claim> { new("sub", subject) };
        if (scope is not null) identity.Add(new("scope", scope));
        foreach (var (name, value) in claims ?? new Dictionary<string, object>()) identity.Add(new(name, value.ToString()!));
        var end = expires ?? DateTime.UtcNow.AddHours(1);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Subject = new ClaimsIdentity(identity),
            IssuedAt = end.AddHours(-2),
            NotBefore = end.AddHours(-2),
            Expires = end,
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>A well-signed token that is exactly this JSON, whatever it says.</summary>
    /// <param name="payload">Issuer, audience and an expiry in an hour go before it; what it repeats of them replaces them.</param>
    public static string Sign(string payload, string header = """{"alg":"HS256","typ":"JWT"}""")
    {
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = Audience, ["scope"] = "infer", ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds() };
        var said = JsonNode.Parse(payload)!.AsObject();
        foreach (var name in claims.Select(c => c.Key).Where(said.ContainsKey).ToArray()) claims.Remove(name);
        var json = said.Count == 0 ? claims.ToJsonString() : claims.Count == 0 ? payload : $"{claims.ToJsonString()[..^1]},{payload.Trim()[1..]}";
        var text = $"{Encode(header)}.{Encode(json)}";
        return $"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SigningKey), Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>A token with <c>alg: none</c> and no signature.</summary>
    public static string Unsigned(string scope = "infer")
    {
        var expires = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        return $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode($$"""{"iss":"{{Issuer}}","aud":"{{Audience}}","sub":"tester","scope":"{{scope}}","exp":{{expires}}}""")}.";
    }

    private static string Encode(string json) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json));
}
