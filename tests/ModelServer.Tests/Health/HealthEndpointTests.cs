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
