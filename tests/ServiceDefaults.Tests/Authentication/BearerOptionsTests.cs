using Microsoft.Extensions.Options;

namespace ServiceDefaults.Tests.Authentication;

public sealed class BearerOptionsTests
{
    [Fact]
    public async Task Service_WithoutAuthenticationSettings_DoesNotStartAndListsEveryError()
    {
        var nothing = new Dictionary<string, string?> { ["Authentication:Issuer"] = null, ["Authentication:Audience"] = null, ["Authentication:SigningKey"] = null };
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestService.StartAsync(_ => { }, settings: nothing));
        Assert.Equal(3, error.Failures.Count());
    }

    [Theory]
    [InlineData("short-key", null, true, "shorter than 32 bytes")]
    [InlineData("0123456789abcdef0123456789abcdef", "https://login.invalid", true, "exactly one")]
    [InlineData(null, "login.invalid", true, "absolute")]
    [InlineData(null, "http://login.invalid", true, "HTTPS")]
    [InlineData(null, "http://login.invalid", false, "loopback")]
    public void Options_Unsafe_AreRefused(string? key, string? authority, bool https, string because)
    {
        var result = Validate(key, authority, https);
        Assert.True(result.Failed);
        Assert.Contains(because, Assert.Single(result.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", null, true)]
    [InlineData(null, "https://login.invalid", true)]
    [InlineData(null, "http://127.0.0.1:5000", false)]
    public void Options_Safe_AreAccepted(string? key, string? authority, bool https) => Assert.True(Validate(key, authority, https).Succeeded);

    [Fact]
    public void GatewayKey_Alone_NeedsNoIssuer()
        => Assert.True(new BearerOptionsValidator().Validate(null, new BearerOptions { Audience = "audience", GatewayKey = new string('k', 32) }).Succeeded);

    [Fact]
    public void GatewayKey_AloneAndShort_IsRefused()
        => Assert.Contains("GatewayKey is shorter", new BearerOptionsValidator().Validate(null, new BearerOptions { Audience = "audience", GatewayKey = new string('k', 31) }).FailureMessage, StringComparison.Ordinal);

    private static ValidateOptionsResult Validate(string? key, string? authority, bool https) => new BearerOptionsValidator().Validate(null, new BearerOptions
    {
        Issuer = "issuer",
        Audience = "audience",
        SigningKey = key,
        Authority = authority,
        RequireHttpsMetadata = https,
    });
}
