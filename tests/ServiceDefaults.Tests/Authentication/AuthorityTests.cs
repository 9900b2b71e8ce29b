using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Tests.Authentication;

/// <summary>Against an OIDC authority on loopback that publishes an RSA key and elliptic ones.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    private const string GatewayKey = "gateway-0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly RsaSecurityKey _key = FakeAuthority.NewRsa("k1");
    private readonly ECDsaSecurityKey _ec = FakeAuthority.NewEc("e1"), _ec384 = FakeAuthority.NewEc("e2", ECCurve.NamedCurves.nistP384);
    private readonly SymmetricSecurityKey _secret = new(new byte[32]) { KeyId = "s1" };
    private FakeAuthority _authority = null!;
    private TestService _service = null!;

    private RSA Rsa => _key.Rsa;

    public async Task InitializeAsync()
    {
        _authority = await FakeAuthority.StartAsync(_key, _ec, _ec384, _secret);
        var settings = new Dictionary<string, string?>(_authority.Settings) { ["Authentication:GatewayKey"] = GatewayKey };
        _service = await TestService.StartAsync(app => app.MapGet("/secured", (ClaimsPrincipal user) => user.Subject()), settings: settings);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _authority.DisposeAsync();
    }

    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha256)]
    [InlineData(SecurityAlgorithms.RsaSha512)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha256)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha384)]
    [InlineData(SecurityAlgorithms.EcdsaSha256)]
    [InlineData(SecurityAlgorithms.EcdsaSha384)]
    public async Task Token_SignedWithAPublishedKey_IsAccepted(string algorithm)
    {
        SecurityKey key = algorithm switch { SecurityAlgorithms.EcdsaSha256 => _ec, SecurityAlgorithms.EcdsaSha384 => _ec384, _ => _key };
        var response = await _service.GetAsync("/secured", Create(key, algorithm));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("alice", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Token_ThatNamesNoKey_OrAnotherOne_IsRefused()
    {
        foreach (var name in new[] { null, "k2", "e1", "../k1", "K1" })
        {
            var response = await _service.GetAsync("/secured", Create(new RsaSecurityKey(Rsa) { KeyId = name }, SecurityAlgorithms.RsaSha256));
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, name ?? "none");
        }
    }

    [Fact]
    public async Task Token_SignedWithAPublishedSecret_IsRefused()
        => Assert.Equal(HttpStatusCode.Unauthorized, (await _service.GetAsync("/secured", Create(_secret, SecurityAlgorithms.HmacSha256))).StatusCode);

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
            "spki-pem" => Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem()),
            "spki-der" => Rsa.ExportSubjectPublicKeyInfo(),
            "pkcs1-pem" => Encoding.ASCII.GetBytes(Rsa.ExportRSAPublicKeyPem()),
            _ => Rsa.ExportParameters(false).Modulus!,
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
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, SecurityAlgorithms.HmacSha256, _authority.Issuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(gateway, SecurityAlgorithms.HmacSha384, BearerOptions.GatewayIssuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(other, SecurityAlgorithms.HmacSha256, BearerOptions.GatewayIssuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(new RsaSecurityKey(Rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256, BearerOptions.GatewayIssuer));

        async Task<HttpStatusCode> AskAsync(SecurityKey key, string algorithm, string issuer) => (await _service.GetAsync("/secured", Create(key, algorithm, issuer))).StatusCode;
    }

    [Fact]
    public async Task Token_Unsigned_IsRefused()
        => Assert.Equal(HttpStatusCode.Unauthorized, (await _service.GetAsync("/secured", Testing.TestTokens.Unsigned())).StatusCode);

    private string Create(SecurityKey key, string algorithm, string? issuer = null) => _authority.Sign(key, algorithm, issuer);
}
