using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Testing;

namespace ModelServer.Tests.Load;

public class LoadReportingTests
{
    private const string Header = "endpoint-load-metrics";

    [Theory]
    [InlineData("/predict", """{"text":"fine"}""", 200)]
    [InlineData("/predict", """{"text":7}""", 422)]
    [InlineData("/v1/classify", """{"model":"nowhere","input":"x"}""", 404)]
    public async Task Answer_OfAnyKind_TellsTheLoad(string path, string body, int status)
    {
        await using var host = new ModelServerHost();
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Matches(
            @"^TEXT named_metrics\.queued_tokens=\d+,named_metrics\.in_flight=[01],named_metrics\.kv_use=0,named_metrics\.models_ready=4,named_metrics\.draining=0$",
            response.Headers.GetValues(Header).Single());
    }

    [Fact]
    public async Task Health_ForATokenThatMayListModels_TellsLoadStateAndReadyModels()
    {
        await using var host = new ModelServerHost();
        var client = await host.CreateReadyClientAsync("models:read");

        using var response = await client.GetAsync("/health");
        var load = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("load");

        Assert.False(response.Headers.Contains(Header));
        Assert.Equal("ready", load.GetProperty("state").GetString());
        Assert.Equal((0, 0, 0), (load.GetProperty("queued_tokens").GetInt64(), load.GetProperty("in_flight").GetInt32(), load.GetProperty("kv_use").GetInt32()));
        Assert.Equal(["chat:1", "embedding:1", "sentiment:1", "stories:1"], load.GetProperty("models").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    public async Task Server_ToldToStop_IsUnreadyAndRefusesNewRequests()
    {
        var clock = new ManualTimeProvider();
        await using var host = new ModelServerHost(RepositoryPaths.Models, new Dictionary<string, string?> { ["Drain:Notice"] = "00:01:00" });
        var server = host.WithWebHostBuilder(web => web.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(clock)));
        var client = server.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create());
        await Eventually.HoldsAsync(async () => (await client.GetAsync("/ready")).IsSuccessStatusCode);

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        using var ready = await client.GetAsync("/ready");
        using var health = await client.GetAsync("/health");
        using var refused = await client.PostAsJsonAsync("/v1/classify", new { input = "fine" });
        var stopped = server.DisposeAsync().AsTask();
        await Eventually.HoldsAsync(() =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return stopped.IsCompleted;
        });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal("draining", (await health.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.EndsWith("named_metrics.draining=1", refused.Headers.GetValues(Header).Single(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("draining", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());
    }
}
