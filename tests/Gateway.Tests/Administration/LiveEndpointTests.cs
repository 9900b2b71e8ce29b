using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Administration;

public sealed class LiveEndpointTests
{
    [Theory]
    [InlineData("infer", 403)]
    [InlineData("metrics", 200)]
    [InlineData("admin", 200)]
    public async Task Figures_AreToldToThoseWhoMayReadMetrics(string scope, int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(TestTokens.Create(scope));

        using var answer = await client.GetAsync("/admin/live");

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Figures_CountWhatIsForModelServers_ByHowItEnded()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("RateLimiting:Tiers:default:RequestsPerMinute", "4"));
        using var client = gateway.CreateInferClient();
        using var stranger = gateway.CreateClient();
        using var reader = gateway.CreateClient(TestTokens.Create("metrics", subject: "reader"));

        for (var i = 0; i < 5; i++) (await client.PredictAsync()).Dispose();
        (await stranger.PredictAsync()).Dispose();
        (await stranger.GetAsync("/")).Dispose();
        (await reader.GetAsync("/metrics")).Dispose();
        var figures = await reader.GetFromJsonAsync<JsonElement>("/admin/live");

        var requests = figures.GetProperty("requests").EnumerateObject().Where(o => o.Value.GetInt64() > 0).Select(o => $"{o.Name} {o.Value}");
        Assert.Equal(["success 4", "denied 1", "rate_limited 1"], requests);
        var latency = figures.GetProperty("latency");
        Assert.Equal(4, latency.GetProperty("counts").EnumerateArray().Sum(c => c.GetInt64()));
        Assert.Equal(latency.GetProperty("counts").GetArrayLength() - 1, latency.GetProperty("bounds_ms").GetArrayLength());
    }

    [Fact]
    public async Task Figures_OfReplicas_AreThoseOfTheirLastProbe_OrNull()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replica.Health =
            """
            {"status":"healthy","model_loaded":true,"load":{"state":"ready","queued_tokens":7,"in_flight":1,"kv_use":0.5,"models":["secret:1"]},
            "counters":{"requests":9,"batches":4,"batch_sequences":8,"tokens_in":100,"tokens_out":50,"cache_hits":3,"cache_misses":6,"queue_seconds":0.25}}
            """;
        await gateway.WaitUntilAsync(() => gateway.Pool.Find("modelserver-1")!.Health.Counters is not null);
        using var client = gateway.CreateClient(TestTokens.Create("metrics"));

        var text = await client.GetStringAsync("/admin/live");

        var replicas = JsonDocument.Parse(text).RootElement.GetProperty("replicas");
        Assert.Equal("""{"requests":9,"batches":4,"batch_sequences":8,"tokens_in":100,"tokens_out":50,"cache_hits":3,"cache_misses":6,"queue_seconds":0.25}""", replicas[0].GetProperty("counters").GetRawText());
        Assert.Equal(7, replicas[0].GetProperty("load").GetProperty("queued_tokens").GetInt64());
        Assert.Equal(JsonValueKind.Null, replicas[1].GetProperty("counters").ValueKind);
        // Which models there are is for those who may list them.
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/admin/live")).StatusCode);
    }
}
