using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Administration;

public sealed class ModelsEndpointsTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task List_GoodAndBrokenVersions_TellsEachState()
    {
        _models.CopySentiment("sentiment", "1");
        _models.Write("broken/1/config.json", """{"architectures":["BertForSequenceClassification"]}""");
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync("models:read");

        var data = (await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data");

        var broken = data[0].GetProperty("versions")[0];
        Assert.Equal("error", broken.GetProperty("state").GetString());
        Assert.Contains("tokenizer", broken.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("sentiment", data[1].GetProperty("id").GetString());
        Assert.Equal("ready", data[1].GetProperty("versions")[0].GetProperty("state").GetString());
        Assert.Equal("1", data[1].GetProperty("active_version").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/ready")).StatusCode);
    }

    [Fact]
    public async Task Get_Unknown_IsNotFound()
    {
        await using var host = new ModelServerHost();
        var client = await host.CreateReadyClientAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/models/absent")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/models/sentiment:1")).StatusCode);
    }

    [Fact]
    public async Task Load_GoldenCaseDiffers_NeverServes()
    {
        var folder = _models.CopySentiment("sentiment", "1");
        File.WriteAllText(Path.Combine(folder, "serving.json"), """{"golden":[{"text":"great","label":"negative","score":0.99}]}""");
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/predict", new { text = "great", model = "sentiment" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/ready")).StatusCode);
        var versions = (await client.GetFromJsonAsync<JsonElement>("/v1/models/sentiment")).GetProperty("versions");
        Assert.Contains("Golden case 0", versions[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_NotAGraph_IsAnErrorWithAReason()
    {
        var folder = _models.CopySentiment("sentiment", "1");
        File.WriteAllText(Path.Combine(folder, "model.onnx"), "not a graph");
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        var version = (await client.GetFromJsonAsync<JsonElement>("/v1/models/sentiment")).GetProperty("versions")[0];

        Assert.Equal("error", version.GetProperty("state").GetString());
        Assert.DoesNotContain(_models.Path, version.ToString(), StringComparison.Ordinal);
    }
}
