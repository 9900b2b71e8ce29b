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
