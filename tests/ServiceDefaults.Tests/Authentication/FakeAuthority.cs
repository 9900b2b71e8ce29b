using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Tests.Authentication;

/// <summary>An OIDC authority on loopback: publishes the keys it is told to, signs with any, counts who asks, and may be away.</summary>
internal sealed class FakeAuthority : IAsyncDisposable
{
    public const string Audience = "platform";
    private readonly WebApplication _app;
    private volatile SecurityKey[] _published = [];
    private int _asked;

    private FakeAuthority()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () =>
        {
            Interlocked.Increment(ref _asked);
            return IsAway ? Results.StatusCode(503) : Results.Json(new { issuer = Issuer, jwks_uri = Issuer + "/keys" });
        });
        _app.MapGet("/keys", async () =>
        {
            await Delay;
            return Results.Json(new { keys = _published.Select(Describe).Select(Remark).ToArray() });
        });
    }

    public string Issuer => _app.Urls.Single();

    public bool IsAway { get; set; }

    /// <summary>What its keys wait for.</summary>
    public Task Delay { get; set; } = Task.CompletedTask;

    /// <summary>Members of published keys, as JSON, by the key's name: they go beside or before what would be said of it.</summary>
    public Dictionary<string, string> Remarks { get; } = [];

    /// <summary>How often somebody asked for its configuration.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Authentication:Issuer"] = Issuer,
        ["Authentication:Audience"] = Audience,
        ["Authentication:Authority"] = Issuer,
        ["Authentication:RequireHttpsMetadata"] = "false",
        ["Authentication:SigningKey"] = null,
    };

    public static async Task<FakeAuthority> StartAsync(params SecurityKey[] published)
    {
        var authority = new FakeAuthority { _published = published };
        await authority._app.StartAsync();
        return authority;
    }

    public static RsaSecurityKey NewRsa(string? id) => new(RSA.Create(2048)) { KeyId = id };

    public static ECDsaSecurityKey NewEc(string? id, ECCurve? curve = null) => new(ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256)) { KeyId = id };

    public void Publish(params SecurityKey[] keys) => _published = keys;

    public string Sign(SecurityKey key, string algorithm, string? issuer = null, DateTime? expires = null) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer ?? Issuer,
        Audience = Audience,
        Subject = new ClaimsIdentity([new("sub", "alice"), new("scope", "infer"), new("jti", Guid.NewGuid().ToString())]),
        Expires = expires ?? DateTime.UtcNow.AddHours(1),
        // The library's cache would hand a later test the key of an earlier one.
        SigningCredentials = new SigningCredentials(key, algorithm) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private JsonObject Remark(object key)
    {
        var described = JsonSerializer.SerializeToNode(key)!.AsObject();
        if (described["kid"]?.GetValue<string>() is { } id && Remarks.TryGetValue(id, out var remarks))
            foreach (var (name, value) in JsonNode.Parse(remarks)!.AsObject()) described[name] = value?.DeepClone();
        return described;
    }

    private static object Describe(SecurityKey key)
    {
        if (key is RsaSecurityKey { Rsa: { } rsa })
        {
            var parts = rsa.ExportParameters(false);
            return new { kty = "RSA", use = "sig", kid = key.KeyId, n = Base64UrlEncoder.Encode(parts.Modulus), e = Base64UrlEncoder.Encode(parts.Exponent) };
        }

        if (key is SymmetricSecurityKey secret) return new { kty = "oct", use = "sig", kid = key.KeyId, k = Base64UrlEncoder.Encode(secret.Key) };
        var ec = ((ECDsaSecurityKey)key).ECDsa.ExportParameters(false);
        return new
        {
            kty = "EC",
            use = "sig",
            kid = key.KeyId,
            crv = $"P-{((ECDsaSecurityKey)key).ECDsa.KeySize}",
            x = Base64UrlEncoder.Encode(ec.Q.X),
            y = Base64UrlEncoder.Encode(ec.Q.Y),
        };
    }
}
