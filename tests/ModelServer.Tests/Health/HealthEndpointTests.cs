using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Health;

public class HealthEndpointTests
{
    [Fact]
    public async Task Health_ModelLoaded_SaysWhatItRunsOn()
    {
        await using var host = new ModelServerHost();
        var client = await host.CreateReadyClientAsync(scope: null);

        var health = await client.GetFromJsonAsync<JsonElement>("/health");

        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.True(health.GetProperty("model_loaded").GetBoolean());
        Assert.False(health.GetProperty("gpu_available").GetBoolean());
        Assert.True(health.GetProperty("memory_usage").GetProperty("process_bytes").GetInt64() > 0);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("metrics", false)]
    [InlineData("models:read", true)]
    public async Task Health_OfModels_IsToldToThoseWhoMayListThem(string? scope, bool isTold)
    {
        await using var host = new ModelServerHost();
        var client = await host.CreateReadyClientAsync(scope);

        var text = await client.GetStringAsync("/health");

        Assert.Equal(isTold, text.Contains("sentiment", StringComparison.Ordinal));
        if (!isTold) return;
        var models = JsonDocument.Parse(text).RootElement.GetProperty("models");
        Assert.Equal((await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data").ToString(), models.GetProperty("data").ToString());
        Assert.Equal(["text-classification", "feature-extraction", "text-generation"], models.GetProperty("default_tasks").EnumerateArray().Select(t => t.GetString()));
    }

    [Theory]
    [InlineData("metrics infer", true)]
    [InlineData(null, false)]
    public async Task Health_Counters_GrowWithWhatWasDone(string? scope, bool isTold)
    {
        await using var host = new ModelServerHost();
        using var infer = await host.CreateReadyClientAsync("infer");
        var client = await host.CreateReadyClientAsync(scope);

        // Warming up runs the engine as well.
        var before = await client.GetFromJsonAsync<JsonElement>("/health");
        for (var i = 0; i < 2; i++) (await infer.PostAsJsonAsync("/predict", new { text = "One that is asked twice." })).EnsureSuccessStatusCode().Dispose();
        (await infer.PostAsJsonAsync("/v1/completions", new { prompt = "Once", max_tokens = 3, ignore_eos = true })).EnsureSuccessStatusCode().Dispose();
        var health = await client.GetFromJsonAsync<JsonElement>("/health");

        Assert.Equal(isTold, health.TryGetProperty("counters", out var counters));
        if (!isTold) return;
        Assert.Equal((3, 1, 1, 3), (Count("requests"), Count("cache_hits"), Count("cache_misses"), Count("tokens_out")));
        Assert.True(Count("batches") >= 2 && Count("batch_sequences") >= Count("batches") && Count("tokens_in") > 2);

        long Count(string name) => counters.GetProperty(name).GetInt64() - before.GetProperty("counters").GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task Health_NoModels_IsUnhealthyButAlive()
    {
        using var models = new TemporaryModels();
        await using var host = new ModelServerHost(models.Path);
        var client = host.CreateClient();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/alive")).StatusCode);
    }
}
