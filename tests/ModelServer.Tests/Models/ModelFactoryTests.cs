using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.Models;

public sealed class ModelFactoryTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Load_EmbeddingGoldenCases_AreCompared()
    {
        var golden = SmallModels.Expected("tiny-embedding")[1];
        var first = golden.Floats("normalized_mean")[..3];
        Serving("right", Golden(first));
        Serving("wrong", Golden([first[0], first[1] + 0.01f]));
        Serving("long", Golden(new float[17]));
        Serving("other", """{"golden":[{"text":"a","label":"x","score":1}]}""");

        var versions = await Load();

        Assert.Equal("ready", versions["right"].GetProperty("state").GetString());
        Assert.Contains("dimension 1", Reason(versions["wrong"]), StringComparison.Ordinal);
        Assert.Contains("more numbers", Reason(versions["long"]), StringComparison.Ordinal);
        Assert.Contains("golden case 0", Reason(versions["other"]), StringComparison.Ordinal);

        string Golden(float[] vector)
            => $$"""{"golden":[{"text":"{{golden.GetProperty("text").GetString()}}","embedding":[{{string.Join(',', vector.Select(v => v.ToString(CultureInfo.InvariantCulture)))}}]}]}""";
    }

    [Fact]
    public async Task Load_Folder_TellsItsTask()
    {
        _models.CopySmall("tiny-embedding", "embedding");
        _models.CopySmall("tiny-rerank", "rerank");
        _models.CopySmall("tiny-multilabel", "classify");
        _models.CopySmall("tiny-tokenizer", "tokenizer");
        File.Delete(Path.Combine(_models.CopySmall("tiny-embedding", "modules-alone"), "config.json"));
        File.Delete(Path.Combine(_models.CopySmall("tiny-embedding", "no-graph"), "model.onnx"));
        File.WriteAllText(Path.Combine(_models.CopySmall("tiny-tokenizer", "int8"), "serving.json"), """{"variant":"int8","task":"feature-extraction"}""");
        File.WriteAllText(Path.Combine(_models.CopySmall("tiny-multilabel", "three"), "serving.json"), """{"task":"text-ranking"}""");
        File.WriteAllText(Path.Combine(_models.CopySmall("tiny-rerank", "no-vectors"), "serving.json"), """{"task":"feature-extraction","pooling":"cls"}""");

        var versions = await Load();

        Assert.Equal("feature-extraction", Task("embedding"));
        Assert.Equal("text-ranking", Task("rerank"));
        Assert.Equal("text-classification", Task("classify"));
        Assert.Equal("tokenizer", Task("tokenizer"));
        Assert.Equal("feature-extraction", Task("modules-alone"));
        Assert.Equal("tokenizer", Task("no-graph"));
        Assert.Contains("model_int8.onnx", Reason(versions["int8"]), StringComparison.Ordinal);
        Assert.Contains("text-ranking", Reason(versions["three"]), StringComparison.Ordinal);
        Assert.Contains("last_hidden_state", Reason(versions["no-vectors"]), StringComparison.Ordinal);

        string? Task(string model) => versions[model].GetProperty("task").GetString();
    }

    private static string Reason(JsonElement version) => version.GetProperty("reason").GetString()!;

    private void Serving(string name, string json) => File.WriteAllText(Path.Combine(_models.CopySmall("tiny-embedding", name), "serving.json"), json);

    private async Task<Dictionary<string, JsonElement>> Load()
    {
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        var list = await client.GetFromJsonAsync<JsonElement>("/v1/models");
        return list.GetProperty("data").EnumerateArray().ToDictionary(m => m.GetProperty("id").GetString()!, m => m.GetProperty("versions")[0]);
    }
}
