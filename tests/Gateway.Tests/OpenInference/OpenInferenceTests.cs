using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Administration;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.OpenInference;

public sealed class OpenInferenceTests
{
    [Theory]
    [InlineData(2_000)]
    [InlineData(3 * 1024 * 1024)]
    public async Task Infer_BinaryBody_ReachesTheReplicaAsItCame(int length)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();
        var body = new byte[length];
        new Random(1).NextBytes(body);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add("Inference-Header-Content-Length", "181");

        using var response = await client.PostAsync("/v2/models/m/versions/2/infer", content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var seen = Assert.Single(gateway.Replica.Seen);
        Assert.Equal("/v2/models/m/versions/2/infer", seen.Path);
        Assert.Equal("181", seen.Headers["Inference-Header-Content-Length"]);
    }

    [Theory]
    [InlineData("GET", "/v2/models/secret")]
    [InlineData("GET", "/v2/models/sentiment/versions/2")]
    [InlineData("POST", "/v2/models/secret/infer")]
    [InlineData("POST", "/v2/models/sentiment/versions/2/infer")]
    public async Task Model_TheTokenIsNotFor_DoesNotExist(string method, string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["models"] = "sentiment:1" }));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        // What a body says of a model is nothing to this route.
        if (method == "POST") request.Content = new StringContent("""{"model":"sentiment:1"}""", Encoding.UTF8, "application/json");

        using var response = await client.SendAsync(request);

        await ErrorShape.AssertAsync(response, path, 404);
        Assert.Equal(0, gateway.Replica.Count);
    }

    [Theory]
    [InlineData("/v2/health/live")]
    [InlineData("/v2/health/ready")]
    public async Task Health_OtherMethods_AreRefusedWithoutAskingForAToken(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(null);

        using var response = await client.DeleteAsync(path);

        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        await ErrorShape.AssertAsync(response, path, 405);
        Assert.Equal(0, gateway.Replica.Count);
    }

    [Fact]
    public async Task Index_IsTheSameAlways_AndAsksNone()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels([("a:1", "ready"), ("b:1", "loading")]);
        gateway.Replicas[1].HasModels([("c:1", "error")]);
        await gateway.WaitUntilAsync(() => gateway.Pool.Find("modelserver-1")!.Models.All.Contains("a") && gateway.Pool.Find("modelserver-2")!.Models.All.Contains("c"));
        using var client = gateway.CreateClient(TestTokens.Create("models:read"));

        // Triton's client sends no content type, and an empty body.
        using var all = await client.PostAsync("/v2/repository/index", new ByteArrayContent([]));
        using var ready = await client.PostAsync("/v2/repository/index", new ByteArrayContent("""{"ready": true}"""u8.ToArray()));
        using var wrong = await client.PostAsync("/v2/repository/index", new ByteArrayContent("""{"ready": 1}"""u8.ToArray()));
        using var broken = await client.PostAsync("/v2/repository/index", new ByteArrayContent("""{"ready":"""u8.ToArray()));

        Assert.Equal(["a 1 READY", "b 1 LOADING", "c 1 UNAVAILABLE"], await LinesAsync(all));
        Assert.Equal(["a 1 READY"], await LinesAsync(ready));
        await ErrorShape.AssertAsync(wrong, "/v2/repository/index", 400);
        await ErrorShape.AssertAsync(broken, "/v2/repository/index", 400);
        Assert.Equal(0, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Load_ActivatesTheVersionOnAll_AndAnswersWhenItIs()
    {
        await using var model = await AdministeredModel.StartAsync();

        var load = PostAsync(model, "load", """{"parameters":{"version":"2","unload_dependents":false}}""");
        await Eventually.HoldsAsync(() => model.Board.Of("sentiment")?.Trial?.Version == "2");
        Assert.False(load.IsCompleted);
        var order = model.Board.Of("sentiment")!["2"]!.Order;
        await model.ReportAsync("2", v => v with { State = "ready", Order = order });

        Assert.Equal((200, """{"name":"sentiment","load":true}"""), await load);
        Assert.Equal("2", model.Board.Of("sentiment")!.Active);
    }

    [Fact]
    public async Task Load_ThatFails_SaysWhy()
    {
        await using var model = await AdministeredModel.StartAsync();

        var load = PostAsync(model, "load", """{"parameters":{"version":"2"}}""");
        await Eventually.HoldsAsync(() => model.Board.Of("sentiment")?.Trial?.Version == "2");
        var order = model.Board.Of("sentiment")!["2"]!.Order;
        await model.ReportAsync("2", v => v with { State = "error", Order = order, Reason = "There is no tokenizer." });

        var (status, body) = await load;
        Assert.Equal(400, status);
        Assert.Contains("There is no tokenizer.", body, StringComparison.Ordinal);
    }

    [Theory]
    // The highest version does not fit.
    [InlineData("load", "", 507)]
    [InlineData("load", """{"parameters":{"version":"9"}}""", 404)]
    [InlineData("load", """{"parameters":{"config":"{}"}}""", 400)]
    [InlineData("load", """{"parameters":{"file:1/model.onnx":"AA=="}}""", 400)]
    [InlineData("load", """{"parameters":{"version":2}}""", 400)]
    [InlineData("load", """{"parameters":[]}""", 400)]
    [InlineData("load", "[", 400)]
    [InlineData("unload", "7", 400)]
    [InlineData("unload", """{"parameters":{"version":"9"}}""", 404)]
    public async Task Change_ThatCannotBe_IsRefused(string action, string body, int expected)
    {
        await using var model = await AdministeredModel.StartAsync();

        var (status, answer) = await PostAsync(model, action, body);

        Assert.Equal((expected, answer), (status, answer));
        Assert.NotEmpty(JsonDocument.Parse(answer).RootElement.GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task Unload_FreesAllVersions_AndAnswersWhenTheyAre()
    {
        await using var model = await AdministeredModel.StartAsync();

        var unload = PostAsync(model, "unload", """{"parameters":{"unload_dependents":false}}""");
        await Eventually.HoldsAsync(() => model.Board.Of("sentiment") is { Active: null });
        Assert.False(unload.IsCompleted);
        Assert.All(model.Board.Of("sentiment")!.Wishes, w => Assert.False(w.IsLoaded));
        await model.ReportAsync("1", v => v with { State = "unloaded" });

        Assert.Equal((200, """{"name":"sentiment","unload":true}"""), await unload);
    }

    [Fact]
    public async Task Health_IsOpen_AndTellsOfTheReplicas()
    {
        await using var ready = await GatewayHost.StartAsync();
        await using var alone = await GatewayHost.StartAsync(replicas: 0);
        using var first = ready.CreateClient();
        using var second = alone.CreateClient();

        Assert.Equal("""{"live":true}""", await second.GetStringAsync("/v2/health/live"));
        Assert.Equal("""{"ready":true}""", await first.GetStringAsync("/v2/health/ready"));
        using var none = await second.GetAsync("/v2/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
    }

    private static async Task<(int Status, string Body)> PostAsync(AdministeredModel model, string action, string body)
    {
        using var response = await model.Admin.PostAsync($"/v2/repository/models/sentiment/{action}", new ByteArrayContent(Encoding.UTF8.GetBytes(body)));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<string[]> LinesAsync(HttpResponseMessage response)
        => [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(m => $"{m.GetProperty("name")} {m.GetProperty("version")} {m.GetProperty("state")}")];
}
