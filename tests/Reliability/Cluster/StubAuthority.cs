using System.Security.Cryptography;
using Benchmarks.Systems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Reliability.Cluster;

/// <summary>An OIDC provider on loopback that can go away and come back.</summary>
internal sealed class StubAuthority : IAsyncDisposable
{
    public const string Tier = "reliability";

    private const string Audience = "reliability", KeyId = "first";
    private readonly RSA _key = RSA.Create(2048);
    private readonly string _issuer = $"http://127.0.0.1:{RunningServer.FreePort()}";
    private WebApplication? _app;

    public StubAuthority()
    {
        InferenceToken = Issue("client", "infer", KeyId);
        OperatorToken = Issue("operator", "infer admin", KeyId);
        Settings = new Dictionary<string, string>
        {
            ["Authentication__Authority"] = _issuer,
            ["Authentication__Issuer"] = _issuer,
            ["Authentication__Audience"] = Audience,
            ["Authentication__RequireHttpsMetadata"] = "false",
            ["Authentication__SigningKey"] = "",
            ["Authentication__GatewayKey"] = RandomNumberGenerator.GetHexString(64, lowercase: true),
        };
    }

    public string InferenceToken { get; }

    public string OperatorToken { get; }

    /// <summary>Make a service trust it.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>A well-formed token whose signing key nobody has published.</summary>
    public string UnknownKeyToken() => Issue("stranger", "infer", $"unknown-{Guid.NewGuid():N}");

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(_issuer);
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, string> { ["issuer"] = _issuer, ["jwks_uri"] = $"{_issuer}/keys" }));
        _app.MapGet("/keys", () =>
        {
            var key = _key.ExportParameters(includePrivateParameters: false);
            return Results.Json(new
            {
                keys = new[] { new { kty = "RSA", use = "sig", kid = KeyId, alg = "RS256", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } },
            });
        });
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _key.Dispose();
    }

    private string Issue(string subject, string scope, string keyId)
    {
        // Long enough before and after now for clocks that jump by an hour.
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _issuer,
            Audience = Audience,
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["scope"] = scope, ["tier"] = Tier },
            IssuedAt = now.AddHours(-3),
            NotBefore = now.AddHours(-3),
            Expires = now.AddHours(24),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(_key) { KeyId = keyId }, SecurityAlgorithms.RsaSha256),
        });
    }
}
