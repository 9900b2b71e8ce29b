using System.Net.Http.Json;
using Gateway.Tests.Hosting;

namespace Gateway.Tests.Routing;

/// <summary>Where requests go while the model servers' models differ.</summary>
public sealed class RequestedModelTests
{
    [Fact]
    public async Task Request_ForAModel_GoesWhereItIsReady()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels("a:1", "b:1");
        gateway.Replicas[1].HasModels("b:1", "b:2");
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.Find("modelserver-2")!.Models.Ready.Contains("b:2"));
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 10; i++)
        {
            (await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "a" })).EnsureSuccessStatusCode().Dispose();
            (await client.PostAsJsonAsync("/v2/models/b:2/infer", new { })).EnsureSuccessStatusCode().Dispose();
            (await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "nowhere" })).EnsureSuccessStatusCode().Dispose();
        }

        Assert.InRange(gateway.Replicas[0].Seen.Count(r => r.Path == "/v1/classify"), 10, 20);
        Assert.Equal(10, gateway.Replicas[1].Seen.Count(r => r.Path.StartsWith("/v2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Request_ForAVersionInItsPath_GoesWhereThatVersionIsReady()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels("a:1", "a:2");
        gateway.Replicas[1].HasModels("a:1");
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.Find("modelserver-1")!.Models.Ready.Contains("a:2"));
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 10; i++) (await client.PostAsJsonAsync("/v2/models/a/versions/2/infer", new { })).EnsureSuccessStatusCode().Dispose();

        Assert.Equal((10, 0), (gateway.Replicas[0].Count, gateway.Replicas[1].Count));
    }

    /// <summary>One that has just started has another version ready, and loads the one that is active.</summary>
    [Fact]
    public async Task Request_ForABareName_GoesWhereTheActiveVersionIsReady()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels([("a:1", "ready"), ("a:2", "loading")]);
        gateway.Replicas[0].Health = gateway.Replicas[0].Health.Replace("\"active_version\":\"1\"", "\"active_version\":null", StringComparison.Ordinal);
        gateway.Replicas[1].HasModels("a:2", "a:1");
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.All.All(r => r.Models.Ready.Contains("a:1")));
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 10; i++) (await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "a" })).EnsureSuccessStatusCode().Dispose();

        Assert.False(gateway.Pool.Find("modelserver-1")!.Models.Ready.Contains("a"));
        Assert.Equal((0, 10), (gateway.Replicas[0].Count, gateway.Replicas[1].Count));
    }

    [Fact]
    public async Task Request_ForAModelThatOneStillLoads_GoesWhereItIsReady()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels([("a:1", "ready"), ("b:1", "loading")]);
        gateway.Replicas[1].HasModels([("a:1", "loading"), ("b:1", "ready")]);
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.All.All(r => r.Models.Loading.Count > 0));
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 10; i++) (await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = i % 2 == 0 ? "a" : "b:1" })).EnsureSuccessStatusCode().Dispose();

        Assert.All(gateway.Replicas, r => Assert.Equal(5, r.Count));
    }

    [Fact]
    public async Task Request_ForAModelThatNoneHasReady_GoesWhereItIsLoading()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels([("a:1", "ready"), ("b:1", "error")]);
        gateway.Replicas[1].HasModels([("a:1", "ready"), ("b:1", "loading")]);
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.All.All(r => r.Models.All.Contains("b")));
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 10; i++) (await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "b" })).EnsureSuccessStatusCode().Dispose();

        Assert.Equal((0, 10), (gateway.Replicas[0].Count, gateway.Replicas[1].Count));
    }

    [Theory]
    [InlineData("/v1/classify")]
    [InlineData("/predict")]
    [InlineData("/v2/models/b/infer")]
    public async Task Request_ForAModelThatOnlyAnUnreadyReplicaKnows_IsAnswered503AndNot404(string path)
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels("a:1");
        gateway.Replicas[1].HasModels([("b:1", "loading")]);
        gateway.Replicas[1].IsReady = false;
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.All.Count(r => r.IsAvailable) == 1 && gateway.Pool.Find("modelserver-1")!.Models.All.Contains("a") && gateway.Pool.Find("modelserver-2")!.Models.All.Contains("b"));
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync(path, new { model = "b" });

        await ErrorShape.AssertAsync(response, path, 503);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter!.Delta);
        Assert.Equal(0, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Request_ThatNamesNoModel_GoesWhereItsTaskIsReady()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels([("a:1", "ready"), ("b:1", "loading")], "text-classification");
        gateway.Replicas[1].HasModels([("a:1", "loading"), ("b:1", "ready")], "feature-extraction");
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.All.All(r => r.Models.All.Contains("b")));
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 5; i++)
        {
            (await client.PostAsJsonAsync("/predict", new { text = "x" })).EnsureSuccessStatusCode().Dispose();
            (await client.PostAsJsonAsync("/v1/embeddings", new { input = "x" })).EnsureSuccessStatusCode().Dispose();
        }

        Assert.All(gateway.Replicas[0].Seen, r => Assert.Equal("/predict", r.Path));
        Assert.All(gateway.Replicas[1].Seen, r => Assert.Equal("/v1/embeddings", r.Path));
        Assert.Equal((5, 5), (gateway.Replicas[0].Count, gateway.Replicas[1].Count));
    }

    [Theory]
    [InlineData("/v1/token-classify", "token-classification")]
    [InlineData("/v1/fill-mask", "fill-mask")]
    public async Task Request_ForATaskThatFewServe_GoesWhereItIsReady(string path, string task)
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels([("a:1", "ready"), ("b:1", "loading")], "text-classification");
        gateway.Replicas[1].HasModels([("a:1", "loading"), ("b:1", "ready")], task);
        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer && gateway.Pool.All.All(r => r.Models.All.Contains("b")));
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 5; i++) (await client.PostAsJsonAsync(path, new { input = "x" })).EnsureSuccessStatusCode().Dispose();

        Assert.Equal((0, 5), (gateway.Replicas[0].Count, gateway.Replicas[1].Count));
    }
}
