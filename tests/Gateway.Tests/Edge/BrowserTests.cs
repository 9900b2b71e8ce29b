using System.Net;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Edge;

public sealed class BrowserTests
{
    private const string Page = "https://app.example.com";

    [Theory]
    [InlineData(null, Page, false)]
    [InlineData(Page, Page, true)]
    [InlineData(Page, "https://evil.example.com", false)]
    [InlineData(Page, "http://app.example.com", false)]
    public async Task Page_OfAnOrigin_MayCallOnlyIfConfigured(string? configured, string origin, bool allowed)
    {
        await using var gateway = await GatewayHost.StartAsync(settings: configured is null ? [] : [("Cors:Origins:0", configured)]);
        using var client = gateway.CreateClient();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/classify");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");

        using var answer = await client.SendAsync(preflight);
        using var plain = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        plain.Headers.Add("Origin", origin);
        using var refused = await client.SendAsync(plain);

        Assert.Equal(allowed ? origin : null, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var value) ? value.Single() : null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(allowed, refused.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/v1/models", 401)]
    [InlineData("/nowhere", 401)]
    [InlineData("/docs/index.html", 200)]
    public async Task Answer_TellsBrowsersToBeCareful(string path, int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient();

        using var response = await client.GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("ftp://app.example.com")]
    public async Task Origin_ThatIsNone_StopsTheStart(string origin)
    {
        await using var gateway = GatewayHost.Create("Production", ("Cors:Origins:0", origin));

        var refusal = Assert.IsType<OptionsValidationException>(gateway.StartRefused());

        Assert.Contains(origin, Assert.Single(refusal.Failures), StringComparison.Ordinal);
    }
}
