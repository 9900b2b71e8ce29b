using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Tests.Authentication;

/// <summary>What an authority says a key is for (RFC 7517 §4.2 to §4.4) binds.</summary>
public sealed class PublishedKeyTests
{
    private readonly RsaSecurityKey _key = FakeAuthority.NewRsa("k1");

    [Theory]
    [InlineData("RS256", "RS256", 200)]
    [InlineData("RS256", "RS512", 401)]
    [InlineData("RS256", "PS256", 401)]
    [InlineData("PS256", "RS256", 401)]
    [InlineData("PS256", "PS256", 200)]
    [InlineData("ES256", "RS256", 401)]
    [InlineData("RSA-OAEP", "RS256", 401)]
    [InlineData("rs256", "RS256", 401)]
    [InlineData("", "RS384", 200)]
    public async Task Algorithm_OfAKey_Binds(string published, string signed, int expected)
        => Assert.Equal(expected, (int)await AskAsync($$"""{"alg":"{{published}}"}""", signed));

    [Theory]
    [InlineData("""{"use":"enc"}""", 401)]
    [InlineData("""{"use":"enc","key_ops":["verify"]}""", 401)]
    [InlineData("""{"use":"sig","key_ops":["encrypt"]}""", 401)]
    [InlineData("""{"use":null,"key_ops":["sign"]}""", 401)]
    [InlineData("""{"use":null,"key_ops":["verify"]}""", 200)]
    [InlineData("""{"use":"sig","key_ops":["sign","verify"]}""", 200)]
    [InlineData("""{"use":null,"key_ops":[]}""", 200)]
    [InlineData("""{"use":null}""", 200)]
    public async Task Use_OfAKeyThatIsNotForSignatures_VerifiesNothing(string remarks, int expected)
        => Assert.Equal(expected, (int)await AskAsync(remarks, SecurityAlgorithms.RsaSha256));

    [Fact]
    public async Task Key_ForEncryptionBesideOneForSignatures_IsNotCounted()
    {
        var other = FakeAuthority.NewRsa("k2");
        await using var authority = await FakeAuthority.StartAsync(_key, other);
        authority.Remarks["k2"] = """{"use":"enc"}""";
        await using var service = await TestService.StartAsync(app => app.MapGet("/secured", () => "ok"), settings: authority.Settings);

        // Without a name: only one key can be meant.
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/secured", authority.Sign(new RsaSecurityKey(_key.Rsa), SecurityAlgorithms.RsaSha256))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/secured", authority.Sign(other, SecurityAlgorithms.RsaSha256))).StatusCode);
    }

    /// <summary>Beside the key stands another, for the authority must publish one that is good for something.</summary>
    private async Task<HttpStatusCode> AskAsync(string remarks, string algorithm)
    {
        await using var authority = await FakeAuthority.StartAsync(_key, FakeAuthority.NewEc("e1"));
        authority.Remarks["k1"] = remarks;
        await using var service = await TestService.StartAsync(app => app.MapGet("/secured", () => "ok"), settings: authority.Settings);
        return (await service.GetAsync("/secured", authority.Sign(_key, algorithm))).StatusCode;
    }
}
