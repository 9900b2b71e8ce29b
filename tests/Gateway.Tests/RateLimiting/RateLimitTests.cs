using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.RateLimiting;

public sealed class RateLimitTests
{
    private static readonly (string, string) ThreeAMinute = ("RateLimiting:Tiers:default:RequestsPerMinute", "3");

    [Fact]
    public async Task Client_WithinItsLimit_IsToldWhatIsLeft()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ThreeAMinute);
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("\"default\";q=3;w=60", response.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Matches("^\"default\";r=2;t=[0-9]+$", response.Headers.GetValues("RateLimit").Single());
        Assert.Equal("3", response.Headers.GetValues("x-ratelimit-limit-requests").Single());
        Assert.Equal("2", response.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        Assert.Matches("^(1m[0-2]s|[0-9.]+s)$", response.Headers.GetValues("x-ratelimit-reset-requests").Single());
    }

    [Theory]
    [InlineData("/predict")]
    [InlineData("/v1/classify")]
    [InlineData("/v2/models/m/infer")]
    public async Task Client_BeyondItsLimit_IsRefusedInTheRoutesShape(string path)
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ThreeAMinute);
        using var client = gateway.CreateInferClient();
        for (var i = 0; i < 3; i++) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        using var response = await client.PostAsJsonAsync(path, new { text = "one too many" });

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 62);
        Assert.Equal("0", response.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        var message = path.StartsWith("/v1", StringComparison.Ordinal) ? body.GetProperty("error").GetProperty("message")
            : path.StartsWith("/v2", StringComparison.Ordinal) ? body.GetProperty("error") : body.GetProperty("detail");
        Assert.Equal("The limit of 3 requests a minute is used up.", message.GetString());
        Assert.Equal(3, gateway.Replica.Count);
    }

    [Fact]
    public async Task Client_BeyondItsLimit_DoesNotStopAnotherOrOpenRoutes()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ThreeAMinute);
        using var greedy = gateway.CreateInferClient("greedy");
        using var modest = gateway.CreateInferClient("modest");
        for (var i = 0; i < 10; i++) (await greedy.PredictAsync()).Dispose();

        using var other = await modest.PredictAsync();
        using var open = await greedy.GetAsync("/health");

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.False(open.Headers.Contains("RateLimit"));
    }

    [Fact]
    public async Task Tier_InTheToken_DecidesTheLimit()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ThreeAMinute);
        using var client = gateway.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["tier"] = "developer" }));

        using var response = await client.PredictAsync();

        Assert.Equal("\"developer\";q=100000;w=60", response.Headers.GetValues("RateLimit-Policy").Single());
    }

    [Fact]
    public async Task TierBench_InDevelopment_HasNoLimit()
    {
        await using var gateway = await GatewayHost.StartAsync(environment: "Development", settings: ThreeAMinute);
        using var client = gateway.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["tier"] = "bench" }));

        for (var i = 0; i < 10; i++)
        {
            using var response = await client.PredictAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.False(response.Headers.Contains("RateLimit"));
        }
    }

    [Fact]
    public async Task TierBench_OutsideDevelopment_IsAnUnknownTier()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ThreeAMinute);
        using var client = gateway.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["tier"] = "bench" }));

        using var response = await client.PredictAsync();

        Assert.Equal("\"default\";q=3;w=60", response.Headers.GetValues("RateLimit-Policy").Single());
    }

    [Fact]
    public async Task Settings_ThatAreWrong_StopTheStartNamingEachOne()
    {
        await using var gateway = GatewayHost.Create("Production",
            ("RateLimiting:Tiers:vip:Unlimited", "true"),
            ("RateLimiting:Tiers:broken:RequestsPerMinute", "0"),
            ("RateLimiting:DefaultTier", "missing"));

        var refusal = Assert.IsType<OptionsValidationException>(gateway.StartRefused());

        Assert.Collection(refusal.Failures.Order(StringComparer.Ordinal),
            f => Assert.Contains("DefaultTier is 'missing'", f, StringComparison.Ordinal),
            f => Assert.Contains("Tiers:broken:RequestsPerMinute", f, StringComparison.Ordinal),
            f => Assert.Contains("Tiers:vip is unlimited", f, StringComparison.Ordinal));
    }
}
