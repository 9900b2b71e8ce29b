using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Tests.Authentication;

/// <summary>Against an OIDC authority on loopback that publishes one RSA key.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    private const string Audience = "platform";
    private readonly RSA _rsa = RSA.Create(2048);
    private WebApplication _authority = null!;
    private TestService _service = null!;

    private string Issuer => _authority.Urls.Single();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _authority = builder.Build();
        var key = _rsa.ExportParameters(false);
        _authority.MapGet("/.well-known/openid-configuration", (HttpRequest request) => Results.Json(new { issuer = Issuer, jwks_uri = Issuer + "/keys" }));
        _authority.MapGet("/keys", () => Results.Json(new
        {
            keys = new[] { new { kty = "RSA", use = "sig", kid = "k1", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } },
        }));
        await _authority.StartAsync();
        _service = await TestService.StartAsync(app => app.MapGet("/secured", (ClaimsPrincipal user) => user.Subject()), settings: new Dictionary<string, string?>
        {
            ["Authentication:Issuer"] = Issuer,
            ["Authentication:Audience"] = Audience,
            ["Authentication:Authority"] = Issuer,
            ["Authentication:RequireHttpsMetadata"] = "false",
            ["Authentication:SigningKey"] = null,
        });
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _authority.DisposeAsync();
        _rsa.Dispose();
    }

    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha256)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha256)]
    public async Task Token_SignedWithThePublishedKey_IsAccepted(string algorithm)
    {
        var response = await _service.GetAsync("/secured", Create(new RsaSecurityKey(_rsa) { KeyId = "k1" }, algorithm));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("alice", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Token_SignedWithAnUnknownKey_IsRefused()
    {
        using var other = RSA.Create(2048);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _service.GetAsync("/secured", Create(new RsaSecurityKey(other) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256))).StatusCode);
    }

    [Theory]
    [InlineData("spki-pem")]
    [InlineData("spki-der")]
    [InlineData("pkcs1-pem")]
    [InlineData("modulus")]
    public async Task Token_WithThePublicKeyAsHmacSecret_IsRefused(string form)
    {
        var secret = form switch
        {
            "spki-pem" => Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()),
            "spki-der" => _rsa.ExportSubjectPublicKeyInfo(),
            "pkcs1-pem" => Encoding.ASCII.GetBytes(_rsa.ExportRSAPublicKeyPem()),
            _ => _rsa.ExportParameters(false).Modulus!,
        };
        var token = Create(new SymmetricSecurityKey(secret) { KeyId = "k1" }, SecurityAlgorithms.HmacSha256);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _service.GetAsync("/secured", token)).StatusCode);
    }

    [Fact]
    public async Task Token_Unsigned_IsRefused()
        => Assert.Equal(HttpStatusCode.Unauthorized, (await _service.GetAsync("/secured", Testing.TestTokens.Unsigned())).StatusCode);

    private string Create(SecurityKey key, string algorithm) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Audience,
        Subject = new ClaimsIdentity([new("sub", "alice")]),
        Expires = DateTime.UtcNow.AddHours(1),
        // The library's cache would hand a later test the key of an earlier one.
        SigningCredentials = new SigningCredentials(key, algorithm) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
    });
}
