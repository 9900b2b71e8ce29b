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
        Assert.Equal(isTold, JsonDocument.Parse(text).RootElement.TryGetProperty("versions", out _));
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
    public async Task Health_Versions_TellStateMemoryAndCounts()
    {
        await using var server = new FollowedModels("1", "2");
        File.WriteAllText(Path.Combine(server.Folder.CopySmall("tiny-multilabel", FollowedModels.Model, "3"), "config.json"), "{");
        server.Rollouts.Change(FollowedModels.Model, r => r.Wishing("2", isLoaded: false).Activated("1"));
        await server.StartAsync();
        await server.AskAsync();
        var graph = new FileInfo(Path.Combine(server.Folder.Path, FollowedModels.Model, "1", "model.onnx")).Length;

        var (ready, unloaded) = (await server.ReportAsync("1"), await server.ReportAsync("2"));

        Assert.Equal("ready", ready.GetProperty("state").GetString());
        Assert.Equal("text-classification", ready.GetProperty("task").GetString());
        Assert.Equal((long)(2.5 * graph), ready.GetProperty("memory_bytes").GetInt64());
        Assert.True(ready.GetProperty("fits").GetBoolean());
        Assert.Equal(1, ready.GetProperty("counts").GetProperty("requests").GetInt64());
        Assert.Equal(1, ready.GetProperty("counts").GetProperty("latency").EnumerateArray().Sum(c => c.GetInt64()));
        Assert.Equal(("unloaded", 1L), (unloaded.GetProperty("state").GetString(), unloaded.GetProperty("order").GetInt64()));
        Assert.Equal((long)(2.5 * graph), unloaded.GetProperty("memory_bytes").GetInt64());
        Assert.True(unloaded.GetProperty("fits").GetBoolean());
        Assert.Equal(JsonValueKind.Null, unloaded.GetProperty("counts").ValueKind);
        Assert.Contains("offered", (await server.ReportAsync("3")).GetProperty("reason").GetString(), StringComparison.Ordinal);
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
