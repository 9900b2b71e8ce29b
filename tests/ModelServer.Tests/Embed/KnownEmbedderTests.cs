using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Embed;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Embed;

public sealed class KnownEmbedderTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("BAAI/bge-small-en-v1.5", """{ "pooling": "cls", "normalize": true }""")]
    [InlineData("/home/me/BGE-M3", """{ "pooling": "cls", "normalize": true }""")]
    [InlineData("Snowflake/snowflake-arctic-embed-xs", """{ "pooling": "cls", "normalize": true }""")]
    [InlineData("Alibaba-NLP/gte-modernbert-base", """{ "pooling": "cls", "normalize": true }""")]
    [InlineData("thenlper/gte-small", """{ "normalize": true }""")]
    [InlineData("intfloat/multilingual-e5-small", """{ "normalize": true }""")]
    [InlineData("intfloat/e5-mistral-7b-instruct", """{ "pooling": "last", "normalize": true }""")]
    public void Warning_KnownNameWithoutModules_HasTheLineForServingJson(string name, string line)
    {
        var warning = Warning("tiny-embedding", name);

        Assert.Contains(line, warning, StringComparison.Ordinal);
        Assert.DoesNotContain("/home", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"pooling":"cls","normalize":true}""", null)]
    [InlineData("""{"pooling":"mean","normalize":false}""", null)]
    [InlineData("""{"pooling":"cls"}""", """{ "normalize": true }""")]
    [InlineData("""{"normalize":true}""", """{ "pooling": "cls" }""")]
    public void Warning_ServingJsonSaysIt_IsNotRepeated(string serving, string? line)
    {
        _models.Write("a/1/serving.json", serving);

        var warning = Warning("tiny-embedding", "BAAI/bge-small-en-v1.5");

        if (line is null) Assert.Null(warning);
        else Assert.Contains(line, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my-own-encoder")]
    [InlineData("lab/badbge-small")]
    [InlineData("")]
    [InlineData(null)]
    public void Warning_UnknownName_IsNone(string? name) => Assert.Null(Warning("tiny-embedding", name));

    [Fact]
    public void Warning_WithModules_IsNone() => Assert.Null(Warning("tiny-embedding", "BAAI/bge-small-en-v1.5", keepModules: true));

    [Fact]
    public void Warning_GraphThatPoolsItself_IsOfTheLengthAlone()
    {
        var warning = Warning("tiny-sentence", "BAAI/bge-small-en-v1.5");

        Assert.Contains("""{ "normalize": true }""", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_KnownEmbedderWithoutModules_ListsItsWarning()
    {
        Warning("tiny-embedding", "BAAI/bge-small-en-v1.5");
        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        var model = await client.GetFromJsonAsync<JsonElement>("/v1/models/a");

        var version = model.GetProperty("versions")[0];
        Assert.Equal("ready", version.GetProperty("state").GetString());
        Assert.Contains("\"pooling\": \"cls\"", Assert.Single(version.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    private string? Warning(string small, string? name, bool keepModules = false)
    {
        var folder = _models.CopySmall(small, "a");
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        config["_name_or_path"] = name;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        if (!keepModules) File.Delete(Path.Combine(folder, "modules.json"));
        var source = ModelSource.Read(new ModelFolder(_models.Path, "a", "1"));
        return KnownEmbedder.Warning(source, EmbeddingSettings.Read(source.Folder, source.Serving));
    }
}
