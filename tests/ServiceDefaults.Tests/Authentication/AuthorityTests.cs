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
    private const string GatewayKey = "gateway-0123456789abcdef0123456789abcdef";
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
            ["Authentication:GatewayKey"] = GatewayKey,
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
    public async Task Token_OfTheGateway_IsAcceptedWithItsOwnKeyAndIssuerAlone()
    {
        var gateway = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(GatewayKey));
        var other = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(new string('k', 40)));

        Assert.Equal(HttpStatusCode.OK, await AskAsync(gateway, SecurityAlgorithms.HmacSha256, BearerOptions.GatewayIssuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, SecurityAlgorithms.HmacSha256, Issuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, SecurityAlgorithms.HmacSha384, BearerOptions.GatewayIssuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(other, SecurityAlgorithms.HmacSha256, BearerOptions.GatewayIssuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(new RsaSecurityKey(_rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256, BearerOptions.GatewayIssuer));

        async Task<HttpStatusCode> AskAsync(SecurityKey key, string algorithm, string issuer) => (await _service.GetAsync("/secured", Create(key, algorithm, issuer))).StatusCode;
    }

    [Fact]
    public async Task Token_Unsigned_IsRefused()
        => Assert.Equal(HttpStatusCode.Unauthorized, (await _service.GetAsync("/secured", Testing.TestTokens.Unsigned())).StatusCode);

    private string Create(SecurityKey key, string algorithm, string? issuer = null) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer ?? Issuer,
        Audience = Audience,
        Subject = new ClaimsIdentity([new("sub", "alice")]),
        Expires = DateTime.UtcNow.AddHours(1),
        // The library's cache would hand a later test the key of an earlier one.
        SigningCredentials = new SigningCredentials(key, algorithm) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
    });
}
