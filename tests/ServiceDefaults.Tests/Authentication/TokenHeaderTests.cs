using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Tests.Authentication;

public sealed class TokenHeaderTests
{
    [Theory]
    [InlineData("""{"alg":"ES256","kid":"k1"}""", true, "ES256", "k1")]
    [InlineData("""{"kid":"k1"}""", true, null, "k1")]
    [InlineData("""{"x":{"kid":"inner"},"alg":"RS256"}""", true, "RS256", null)]
    [InlineData("""{"alg":"RS256","kid":7}""", false, null, null)]
    [InlineData("""{"alg":null}""", false, null, null)]
    [InlineData("""{"alg":"RS256",""", false, null, null)]
    [InlineData("", false, null, null)]
    public void Header_SaysItsAlgorithmAndKey_OrIsNone(string json, bool isHeader, string? algorithm, string? id)
    {
        Assert.Equal(isHeader, TokenHeader.TryRead($"{Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json))}.x.y", out var header));
        if (isHeader) Assert.Equal(new(algorithm, id), header);
    }

    [Theory]
    [InlineData("not.a.token")]
    [InlineData("a.b.c")]
    [InlineData("%%%%.b.c")]
    [InlineData("no-point")]
    [InlineData(".a.b")]
    public void Garbage_IsNoHeader(string token) => Assert.False(TokenHeader.TryRead(token, out _));
}
