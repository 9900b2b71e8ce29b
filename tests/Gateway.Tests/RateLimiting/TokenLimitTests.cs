using System.Net;
using System.Net.Http.Json;
using System.Text;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.RateLimiting;

public sealed class TokenLimitTests
{
    private static readonly (string, string)[] HundredTokens = [("RateLimiting:Tiers:default:TokensPerMinute", "100"), ("RateLimiting:BytesPerToken", "1")];

    [Fact]
    public async Task Client_IsToldItsTokens_ByTheReservationFirst()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: HundredTokens);
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync("fine");

        Assert.Equal("100", Header(response, "x-ratelimit-limit-tokens"));
        Assert.Equal("85", Header(response, "x-ratelimit-remaining-tokens"));
        Assert.Matches("^\"default\";q=100000;w=60, \"default-tokens\";q=100;w=60$", string.Join(", ", response.Headers.GetValues("RateLimit-Policy")));
        Assert.Contains("\"default-tokens\";r=85;t=", string.Join(", ", response.Headers.GetValues("RateLimit")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_ThatTheReplicaReports_IsChargedAndHidden()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: HundredTokens);
        gateway.Replica.Answer = context =>
        {
            context.Response.Headers["x-usage-prompt-tokens"] = "3";
            return context.Response.WriteAsJsonAsync(new { label = "x" });
        };
        using var client = gateway.CreateInferClient();

        using var first = await client.PredictAsync("fine");
        using var second = await client.PredictAsync("fine");

        Assert.False(first.Headers.Contains("x-usage-prompt-tokens"));
        Assert.Equal("82", Header(second, "x-ratelimit-remaining-tokens"));
    }

    [Fact]
    public async Task Request_BeyondItsTokens_Is429AndCostsNothing()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: HundredTokens);
        using var client = gateway.CreateInferClient();
        (await client.PredictAsync(new string('x', 60))).EnsureSuccessStatusCode().Dispose();

        using var refused = await client.PredictAsync(new string('x', 60));
        using var small = await client.PredictAsync("x");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("100 tokens a minute", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("99999", Header(refused, "x-ratelimit-remaining-requests"));
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        Assert.Equal(2, gateway.Replica.Count);
    }

    [Theory]
    [InlineData("""{"prompt":"x","max_tokens":40}""", 30 + 40)]
    [InlineData("""{"prompt":"x","max_tokens":10,"n":4}""", 36 + 40)]
    [InlineData("""{"prompt":["x","y"],"max_tokens":10,"n":2}""", 42 + 40)]
    [InlineData("""{"prompt":"x"}""", 14 + 16)]
    public async Task Generation_ReservesPromptAndAnswer(string body, int reserved)
    {
        await using var gateway = await GatewayHost.StartAsync(settings: HundredTokens);
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsync("/v1/completions", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal($"{100 - reserved}", Header(response, "x-ratelimit-remaining-tokens"));
    }

    [Fact]
    public async Task Chat_WithoutAMaximum_ReservesTheConfiguredOne()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [.. HundredTokens, ("RateLimiting:CompletionTokens", "30")]);
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsync("/v1/chat/completions", new StringContent("""{"n":2}""", Encoding.UTF8, "application/json"));

        Assert.Equal($"{100 - 7 - 60}", Header(response, "x-ratelimit-remaining-tokens"));
    }

    [Fact]
    public async Task Request_BeyondWhatIsEverAllowed_IsNotToldToTryAgain()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: HundredTokens);
        using var client = gateway.CreateInferClient();

        using var refused = await client.PredictAsync(new string('x', 200));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Null(refused.Headers.RetryAfter);
        Assert.Equal("false", Header(refused, "x-should-retry"));
        Assert.Contains("more than the limit of 100 tokens a minute ever allows", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Burst_ThatUsesAMinuteUp_IsToldToTryAgainWithinIt()
    {
        // The most that OpenAI's SDKs wait.
        await using var gateway = await GatewayHost.StartAsync(settings: HundredTokens);
        using var client = gateway.CreateInferClient();
        (await client.PredictAsync(new string('x', 80))).EnsureSuccessStatusCode().Dispose();

        using var refused = await client.PredictAsync(new string('x', 80));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.False(refused.Headers.Contains("x-should-retry"));
    }

    [Fact]
    public async Task Refusal_ByTheReplica_CostsNoTokens()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: HundredTokens);
        gateway.Replica.Answer = context =>
        {
            context.Response.StatusCode = 422;
            return context.Response.WriteAsJsonAsync(new { detail = "x" });
        };
        using var client = gateway.CreateInferClient();

        using var refused = await client.PredictAsync(new string('x', 60));
        Assert.Equal(422, (int)refused.StatusCode);

        await gateway.WaitUntilAsync(async _ =>
        {
            using var probe = await client.GetAsync("/v1/models");
            return Header(probe, "x-ratelimit-remaining-tokens") == "100";
        });
    }

    [Theory]
    [InlineData("1048576")]
    [InlineData("0")]
    public async Task Maximum_BehindALongPrompt_IsReservedToo(string replayBytes)
    {
        (string, string)[] settings = [("RateLimiting:Tiers:default:TokensPerMinute", "10000000"), ("RateLimiting:BytesPerToken", "16"), ("Proxy:ReplayBytes", replayBytes)];
        await using var gateway = await GatewayHost.StartAsync(settings: settings);
        using var client = gateway.CreateInferClient();
        var body = $$"""{"prompt":"{{new string('x', 2_000_000)}}","max_tokens":1000000}""";

        using var response = await client.PostAsync("/v1/completions", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal($"{10_000_000 - ((body.Length + 15) / 16) - 1_000_000}", Header(response, "x-ratelimit-remaining-tokens"));
    }

    [Fact]
    public async Task Body_ReadAheadForItsTokens_ArrivesWhole()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("RateLimiting:Tiers:default:TokensPerMinute", "1000000000")]);
        long arrived = 0;
        gateway.Replica.Answer = async context =>
        {
            using var sink = new MemoryStream();
            await context.Request.Body.CopyToAsync(sink);
            arrived = sink.Length;
            await context.Response.WriteAsJsonAsync(new { });
        };
        using var client = gateway.CreateInferClient();
        var json = JsonContent.Create(new { prompt = new string('x', 3_000_000) });
        await json.LoadIntoBufferAsync();

        using var response = await client.PostAsync("/v1/completions", json);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(json.Headers.ContentLength, arrived);
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
