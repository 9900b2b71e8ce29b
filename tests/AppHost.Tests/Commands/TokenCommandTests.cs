using AppHost.Authentication;
using AppHost.Commands;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AppHost.Tests.Commands;

public class TokenCommandTests
{
    private const string Key = Testing.TestTokens.SigningKey;

    [Fact]
    public void Issue_Defaults_IsADeveloperWhoMayInfer()
    {
        var token = new JsonWebToken(DevelopmentToken.Issue(Key, DevelopmentToken.Request));

        Assert.Equal("HS256", token.Alg);
        Assert.Equal("developer", Claim(token, "sub"));
        Assert.Equal("infer", Claim(token, "scope"));
        Assert.Equal("developer", Claim(token, "tier"));
        Assert.Equal(DevelopmentToken.Issuer, token.Issuer);
        Assert.Contains(DevelopmentToken.Audience, token.Audiences);
        Assert.InRange(token.ValidTo - DateTime.UtcNow, TimeSpan.FromHours(11.9), TimeSpan.FromHours(12.1));
    }

    [Fact]
    public void Issue_AllOptions_AreClaims()
    {
        string[] args = ["--subject", "ann", "--scope", "infer admin", "--models", "a,b", "--tier", "bench", "--hours", "0.5"];

        var token = new JsonWebToken(DevelopmentToken.Issue(Key, DevelopmentToken.Request.With(args)));

        Assert.Equal("ann", Claim(token, "sub"));
        Assert.Equal("infer admin", Claim(token, "scope"));
        Assert.Equal("a b", Claim(token, "models"));
        Assert.Equal("bench", Claim(token, "tier"));
        Assert.True(token.ValidTo - DateTime.UtcNow < TimeSpan.FromMinutes(31));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a,b:2", "a b:2")]
    [InlineData(" a ,, b ", "a b")]
    public void Issue_Models_AreNamesWithASpaceBetween(string models, string claim)
        => Assert.Equal(claim, Claim(new JsonWebToken(DevelopmentToken.Issue(Key, DevelopmentToken.Request.With(["--models", models]))), "models"));

    [Fact]
    public void Issue_WithoutModels_HasNoSuchClaim()
        => Assert.DoesNotContain(new JsonWebToken(DevelopmentToken.Issue(Key, DevelopmentToken.Request)).Claims, c => c.Type == "models");

    [Theory]
    [InlineData("--subject")]
    [InlineData("--subject", "--scope")]
    [InlineData("--subject", " ")]
    [InlineData("--models", "")]
    [InlineData("--models", ",")]
    [InlineData("--models", " , ")]
    [InlineData("--color", "red")]
    [InlineData("--color")]
    [InlineData("--hours", "0")]
    [InlineData("--hours", "many")]
    public void Run_BadOption_PrintsTheReasonAndNoToken(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        Assert.Equal(2, TokenCommand.Run(args, output, error));

        Assert.Empty(output.ToString());
        Assert.Contains(args[0], error.ToString(), StringComparison.Ordinal);
    }

    private static string Claim(JsonWebToken token, string type) => token.Claims.Single(c => c.Type == type).Value;
}
