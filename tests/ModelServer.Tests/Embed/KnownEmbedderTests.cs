using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Embed;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Embed;

/// <summary>Exports without <c>modules.json</c>: what <c>config.json</c> tells decides how embeddings are made, and the state says what was decided.</summary>
public sealed class KnownEmbedderTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("BAAI/bge-small-en-v1.5", "cls", true, "Represent this sentence")]
    [InlineData("/home/me/BGE-M3", "cls", true, null)]
    [InlineData("Snowflake/snowflake-arctic-embed-xs", "cls", true, "Represent this sentence")]
    [InlineData("Snowflake/snowflake-arctic-embed-l-v2.0", "cls", true, "searches with \"query: \"")]
    [InlineData("Qwen/Qwen3-Embedding-0.6B", "last", true, "Instruct: ")]
    [InlineData("thenlper/gte-base-zh", "cls", true, null)]
    [InlineData("ibm-granite/granite-embedding-30m-english", "cls", true, null)]
    [InlineData("sentence-transformers/multi-qa-MiniLM-L6-cos-v1", "mean", true, null)]
    [InlineData("sentence-transformers/multi-qa-mpnet-base-dot-v1", "cls", false, null)]
    [InlineData("WhereIsAI/UAE-Large-V1", "cls", false, "Represent this sentence")]
    [InlineData("mixedbread-ai/mxbai-embed-large-v1", "cls", true, "Represent this sentence")]
    [InlineData("Alibaba-NLP/gte-modernbert-base", "cls", true, null)]
    [InlineData("thenlper/gte-small", "mean", true, null)]
    [InlineData("intfloat/multilingual-e5-small", "mean", true, "\"query: \" or \"passage: \"")]
    [InlineData("intfloat/e5-mistral-7b-instruct", "last", true, null)]
    [InlineData("nomic-ai/nomic-embed-text-v1.5", "mean", true, "search_query")]
    [InlineData("jinaai/jina-embeddings-v2-small-en", "mean", true, null)]
    [InlineData("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", "mean", false, null)]
    public void Read_FamilyThatConfigNames_IsPooledAsItsFilesWouldSay(string name, string pooling, bool normalizes, string? prefixes)
    {
        var (settings, warning) = Read("tiny-embedding", name);

        Assert.Equal((pooling, normalizes), (settings.Pooling.ToString().ToLowerInvariant(), settings.Normalize));
        Assert.Contains($"made with {pooling} pooling{(normalizes ? " and normalised" : "")}: so are these", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("/home", warning, StringComparison.Ordinal);
        if (prefixes is null) Assert.DoesNotContain("begin", warning, StringComparison.Ordinal);
        else Assert.Contains(prefixes, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nomic_bert", "mean", "nomic-embed")]
    [InlineData("new", "cls", "gte-multilingual")]
    public void Read_ArchitectureOfOneFamily_IsPooledAsThatIs(string modelType, string pooling, string family)
    {
        var (settings, warning) = Read("tiny-embedding", null, modelType: modelType);

        Assert.Equal((pooling, true), (settings.Pooling.ToString().ToLowerInvariant(), settings.Normalize));
        Assert.Contains(family, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"pooling":"max","normalize":false}""", "max", false)]
    [InlineData("""{"pooling":"max"}""", "max", true)]
    [InlineData("""{"normalize":false}""", "cls", false)]
    public void Read_ServingJsonSaysOtherwise_IsObeyed(string serving, string pooling, bool normalizes)
    {
        _models.Write("a/1/serving.json", serving);

        var (settings, warning) = Read("tiny-embedding", "BAAI/bge-small-en-v1.5");

        Assert.Equal((pooling, normalizes), (settings.Pooling.ToString().ToLowerInvariant(), settings.Normalize));
        Assert.Equal(serving.Contains("pooling", StringComparison.Ordinal) && serving.Contains("normalize", StringComparison.Ordinal), warning is null);
    }

    /// <summary>What a folder is called is its owner's choice: it decides nothing.</summary>
    [Fact]
    public void Read_FamilyThatOnlyTheFolderNames_ProposesTheLineForServingJson()
    {
        var (settings, warning) = Read("tiny-embedding", null, folder: "bge-small-en");

        Assert.Equal((Pooling.Mean, false), (settings.Pooling, settings.Normalize));
        Assert.Contains("""{ "pooling": "cls", "normalize": true }""", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my-own-encoder")]
    [InlineData("lab/badbge-small")]
    [InlineData("")]
    [InlineData(null)]
    public void Read_UnknownFamily_TakesTheMeanAndSaysSo(string? name)
    {
        var (settings, warning) = Read("tiny-embedding", name);

        Assert.Equal((Pooling.Mean, false), (settings.Pooling, settings.Normalize));
        Assert.Contains("the mean of the tokens is taken, not normalised", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WithModules_AsksForNoFamily()
    {
        var (settings, warning) = Read("tiny-embedding", "BAAI/bge-small-en-v1.5", keepModules: true);

        Assert.Equal((Pooling.Mean, true, (string?)null), (settings.Pooling, settings.Normalize, warning));
    }

    [Fact]
    public void Warning_UnknownGraphThatPoolsItself_IsNone() => Assert.Null(Read("tiny-sentence", null).Warning);

    [Fact]
    public async Task Models_KnownEmbedderWithoutModules_ListsItsWarning()
    {
        Read("tiny-embedding", "BAAI/bge-small-en-v1.5");
        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        var model = await client.GetFromJsonAsync<JsonElement>("/v1/models/a");

        var version = model.GetProperty("versions")[0];
        Assert.Equal("ready", version.GetProperty("state").GetString());
        Assert.Contains("cls pooling", Assert.Single(version.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    private (EmbeddingSettings Settings, string? Warning) Read(string small, string? name, bool keepModules = false, string folder = "a", string modelType = "bert")
    {
        var path = _models.CopySmall(small, folder);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(path, "config.json")))!;
        (config["_name_or_path"], config["model_type"]) = (name, modelType);
        File.WriteAllText(Path.Combine(path, "config.json"), config.ToJsonString());
        if (!keepModules) File.Delete(Path.Combine(path, "modules.json"));
        var source = ModelSource.Read(new ModelFolder(_models.Path, folder, "1"));
        var settings = EmbeddingSettings.Read(source.Folder, source.Serving, KnownEmbedder.Of(source));
        return (settings, KnownEmbedder.Warning(source, settings));
    }
}
