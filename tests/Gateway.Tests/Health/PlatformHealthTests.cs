using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Health;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Testing;

namespace Gateway.Tests.Health;

public sealed class PlatformHealthTests
{
    private static readonly ReplicaHealth Well = new("healthy", true, false, new(100, 10, null));
    private static readonly ReplicaHealth WithGpu = new("healthy", true, true, new(200, 20, 3000));
    private static readonly ReplicaHealth Starting = new("starting", false, false, new(50, 5, null));

    [Theory]
    [InlineData("well well", "healthy", true, true, false)]
    [InlineData("well gpu", "healthy", true, true, true)]
    [InlineData("well starting", "degraded", true, true, false)]
    [InlineData("well gone", "degraded", true, true, false)]
    [InlineData("starting gone", "starting", false, false, false)]
    [InlineData("gone", "unhealthy", false, false, false)]
    [InlineData("", "unhealthy", false, false, false)]
    public void Health_OfReplicas_IsSummedUp(string replicas, string status, bool canServe, bool loaded, bool gpu)
    {
        var answers = replicas.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(r => r switch { "well" => Well, "gpu" => WithGpu, "starting" => Starting, _ => ReplicaHealth.Unreachable }).ToArray();

        var health = PlatformHealth.Of(answers);

        Assert.Equal((status, canServe, loaded, gpu), (health.Status, health.CanServe, health.ModelLoaded, health.GpuAvailable));
        Assert.Equal(answers.Length, health.Replicas.Total);
    }

    [Fact]
    public void Memory_OfReplicas_IsAdded()
    {
        Assert.Equal(new MemoryUsage(300, 30, 3000), PlatformHealth.Of([Well, WithGpu, ReplicaHealth.Unreachable]).MemoryUsage);
        Assert.Equal(new MemoryUsage(200, 20, null), PlatformHealth.Of([Well, Well]).MemoryUsage);
    }

    [Fact]
    public async Task Health_OverHttp_FollowsTheReplicas()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        await gateway.WaitUntilAsync(async client => await StatusAsync(client) == "healthy");
        using var client = gateway.CreateClient();

        using (var response = await client.GetAsync("/health"))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(body.GetProperty("model_loaded").GetBoolean());
            Assert.False(body.GetProperty("gpu_available").GetBoolean());
            Assert.Equal(200, body.GetProperty("memory_usage").GetProperty("process_bytes").GetInt64());
            Assert.Equal(JsonValueKind.Null, body.GetProperty("memory_usage").GetProperty("gpu_bytes").ValueKind);
        }

        await gateway.Replica.KillAsync();
        await gateway.WaitUntilAsync(async c => await StatusAsync(c) == "degraded");
        await gateway.Replicas[1].KillAsync();
        await gateway.WaitUntilAsync(async c => await StatusAsync(c) == "unhealthy");
        using var last = await client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, last.StatusCode);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"status":7}""")]
    [InlineData("{}")]
    public async Task Health_OfAReplicaTalkingNonsense_IsUnhealthy(string answer)
    {
        await using var gateway = await GatewayHost.StartAsync();
        await gateway.WaitUntilAsync(async client => await StatusAsync(client) == "healthy");

        gateway.Replica.Health = answer;

        await gateway.WaitUntilAsync(async client => await StatusAsync(client) == "unhealthy");
    }

    [Fact]
    public async Task Ready_FollowsTheReplicasAndAliveDoesNot()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        using var client = gateway.CreateClient();

        gateway.Replicas[0].IsReady = false;
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Count(r => r.IsAvailable) == 1);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/ready")).StatusCode);

        gateway.Replicas[1].IsReady = false;
        await gateway.WaitUntilAsync(async c => (await c.GetAsync("/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/alive")).StatusCode);
    }

    [Fact]
    public async Task Ready_OnceToldToStop_IsNoMoreWhileRequestsAreStillServed()
    {
        var clock = new ManualTimeProvider();
        await using var replica = await FakeReplica.StartAsync();
        var gateway = GatewayHost.Create("Production", services => services.AddSingleton<TimeProvider>(clock), ("services:modelserver-1:http:0", replica.Address), ("Drain:Notice", "00:01:00"));
        gateway.Start();
        await gateway.WaitUntilAsync(async client => (await client.GetAsync("/ready")).IsSuccessStatusCode);
        using var client = gateway.CreateInferClient();

        gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        using var ready = await client.GetAsync("/ready");
        using var answer = await client.PredictAsync();
        var stopped = gateway.DisposeAsync().AsTask();
        await Eventually.HoldsAsync(() =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return stopped.IsCompleted;
        });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string?> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/health");
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString();
    }
}
