using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Administration;

public sealed class ReplicaEndpointsTests
{
    [Fact]
    public async Task Listing_TellsStateLoadAndLastFailureButNoAddress()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replica.HasModels("a:1");
        await gateway.WaitUntilAsync(() => gateway.Pool.Find("modelserver-1")!.Models.Ready.Contains("a"));
        await gateway.Replicas[1].KillAsync();
        await gateway.WaitUntilAsync(() => !gateway.Pool.Find("modelserver-2")!.IsAvailable);
        using var client = CreateAdmin(gateway);

        var text = await client.GetStringAsync("/admin/replicas");
        var replicas = JsonDocument.Parse(text).RootElement.GetProperty("replicas");

        Assert.Equal(["modelserver-1", "modelserver-2"], replicas.EnumerateArray().Select(r => r.GetProperty("id").GetString()));
        Assert.Equal(["ready", "unready"], replicas.EnumerateArray().Select(r => r.GetProperty("state").GetString()));
        Assert.Equal("a:1", replicas[0].GetProperty("load").GetProperty("models")[0].GetString());
        Assert.Equal("connect", replicas[1].GetProperty("last_failure").GetProperty("kind").GetString());
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_TakesAReplicaOutAndResumeBringsItBack()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        using var admin = CreateAdmin(gateway);
        using var client = gateway.CreateInferClient();

        var drained = await admin.PostAsync("/admin/replicas/modelserver-1/drain", null);
        Assert.Equal("draining", (await drained.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        for (var i = 0; i < 20; i++) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
        Assert.Equal((0, 20), (gateway.Replicas[0].Count, gateway.Replicas[1].Count));

        await admin.PostAsync("/admin/replicas/modelserver-1/resume", null);
        await admin.PostAsync("/admin/replicas/modelserver-2/drain", null);
        for (var i = 0; i < 20; i++) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
        Assert.Equal((20, 20), (gateway.Replicas[0].Count, gateway.Replicas[1].Count));
    }

    [Fact]
    public async Task Drain_OfAll_AnswersAtOnceThatNobodyIsThere()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var admin = CreateAdmin(gateway);
        using var client = gateway.CreateInferClient();

        await admin.PostAsync("/admin/replicas/modelserver-1/drain", null);
        using var response = await client.PredictAsync();

        await ErrorShape.AssertAsync(response, "/predict", 503);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(0, gateway.Replica.Count);
    }

    [Theory]
    [InlineData("infer", "GET", "/admin/replicas", 403)]
    [InlineData("infer", "POST", "/admin/replicas/modelserver-1/drain", 403)]
    [InlineData("admin", "POST", "/admin/replicas/nobody/drain", 404)]
    [InlineData("admin", "POST", "/admin/replicas/nobody/resume", 404)]
    [InlineData("admin", "GET", "/admin/replicas/modelserver-1/drain", 405)]
    public async Task Request_ThatMayNotBe_IsRefused(string scope, string method, string path, int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(TestTokens.Create(scope));

        using var response = await client.SendAsync(new(new HttpMethod(method), path));

        await ErrorShape.AssertAsync(response, path, status);
        Assert.True(gateway.Pool.All.Single().IsAvailable);
    }

    private static HttpClient CreateAdmin(GatewayHost gateway) => gateway.CreateClient(TestTokens.Create("admin"));
}
