using System.Net;
using System.Net.Http.Json;
using Gateway.Administration;
using Gateway.Tests.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Testing;

namespace Gateway.Tests.Administration;

/// <summary>A gateway whose own key is the only one: there is no OIDC provider, and no signing key of a development.</summary>
public sealed class TokenCommandTests : IAsyncLifetime
{
    private const string GatewayKey = "gateway-0123456789abcdef0123456789abcdef0123456789abcdef";
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync() => _gateway = await StartAsync(GatewayKey);

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Token_Default_PredictsAndDoesNotAdminister()
    {
        using var client = _gateway.CreateClient(Issue());
        Assert.Equal(HttpStatusCode.OK, (await client.PredictAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/admin/replicas")).StatusCode);
    }

    [Fact]
    public async Task Token_ForAdministration_Administers()
    {
        using var client = _gateway.CreateClient(Issue("--scope", "infer admin"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/admin/replicas")).StatusCode);
    }

    [Fact]
    public async Task Token_ForOneModel_IsForNoOther()
    {
        using var client = _gateway.CreateClient(Issue("--models", "other"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsJsonAsync("/predict", new { text = "fine", model = "sentiment" })).StatusCode);
    }

    [Fact]
    public void Token_SaysWhatWasAsked()
    {
        var token = new JsonWebToken(Issue("--subject", "prometheus", "--scope", "metrics", "--hours", "1.5", "--tier", "developer"));
        Assert.Equal(
            ("urn:transformer-platform:gateway", "prometheus", "metrics", "developer"),
            (token.Issuer, token.Subject, token.GetClaim("scope").Value, token.GetClaim("tier").Value));
        Assert.Equal(TimeSpan.FromHours(1.5), token.ValidTo - token.ValidFrom);
    }

    [Fact]
    public async Task Token_ByItsPrintedId_CanBeRevoked()
    {
        var (_, token, note) = Run();
        Assert.Contains(new JsonWebToken(token).Id, note, StringComparison.Ordinal);
        using var client = _gateway.CreateClient(token);
        Assert.Equal(HttpStatusCode.OK, (await client.PredictAsync()).StatusCode);

        using var admin = _gateway.CreateClient(Issue("--scope", "admin"));
        using var revoked = await admin.PostAsJsonAsync("/admin/tokens/revoke", new { jti = note.Split(' ')[1] });

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PredictAsync()).StatusCode);
    }

    [Fact]
    public async Task Token_OfAnotherKeyOrIssuer_IsRefused()
    {
        await using var other = await StartAsync(new string('x', 40));
        foreach (var token in new[]
        {
            TestTokens.Create(), TestTokens.Create(key: GatewayKey), TestTokens.Create(issuer: "urn:transformer-platform:gateway"), TestTokens.Unsigned(),
            Run(other, []).Token,
        })
        {
            using var client = _gateway.CreateClient(token);
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.PredictAsync()).StatusCode);
        }
    }

    [Theory]
    [InlineData("Unknown option --name", "--name", "me")]
    [InlineData("--scope needs a value", "--scope")]
    [InlineData("--scope needs a value", "--scope", "--tier", "developer")]
    [InlineData("--scope must be some of", "--scope", "everything")]
    [InlineData("--tier must be one of", "--tier", "gold")]
    [InlineData("--hours must be", "--hours", "9000")]
    [InlineData("--hours must be", "--hours", "0")]
    [InlineData("--hours must be", "--hours", "NaN")]
    [InlineData("--models must name", "--models", ",")]
    [InlineData("--subject needs a value", "--subject", " ")]
    public void Arguments_Wrong_AreToldInASentence(string because, params string[] args)
    {
        var (exitCode, token, error) = Run(args);
        Assert.Equal((2, ""), (exitCode, token));
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Gateway_WithoutAKey_SaysWhichIsMissing()
    {
        await using var gateway = GatewayHost.Create(
            "Production", ("Authentication:SigningKey", ""), ("Authentication:Authority", "https://login.invalid"), ("services:modelserver-1:http:0", GatewayHost.DeadAddress()));
        gateway.Start();
        var (exitCode, token, error) = Run(gateway, []);
        Assert.Equal((1, ""), (exitCode, token));
        Assert.Contains("Authentication:GatewayKey", error, StringComparison.Ordinal);
    }

    private static Task<GatewayHost> StartAsync(string key) => GatewayHost.StartAsync(settings: [("Authentication:SigningKey", ""), ("Authentication:Issuer", ""), ("Authentication:GatewayKey", key)]);

    private string Issue(params string[] args)
    {
        var (exitCode, token, error) = Run(args);
        Assert.True(exitCode == 0, error);
        return token;
    }

    private (int ExitCode, string Token, string Error) Run(params string[] args) => Run(_gateway, args);

    private static (int ExitCode, string Token, string Error) Run(GatewayHost gateway, string[] args)
    {
        using StringWriter output = new(), error = new();
        var exitCode = TokenCommand.Run(args, gateway.Services, output, error);
        return (exitCode, output.ToString().TrimEnd(), error.ToString());
    }
}
