using ModelServer.Check;
using ModelServer.Tests.Check;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.SentenceTransformers;

/// <summary>What becomes of folders of sparse vectors, token vectors, heads and prompts.</summary>
public sealed class VectorLayoutsTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("splade", "sparse-embeddings", "splade", 143)]
    [InlineData("colbert", "late-interaction", "no", 8)]
    public void Check_Folder_IsOfItsTask(string fixture, string task, string pooling, int dimensions)
    {
        var report = host.Run(Path.Combine(VectorModels.Root, fixture, "1"));

        Assert.True(report.IsServed, report.Reason);
        Assert.Equal((task, pooling, dimensions), (report.Task, report.Pooling, report.Dimensions));
    }

    [Fact]
    public void Check_GraphThatPoolsByItself_GetsHeadsThatItHasNot()
    {
        var folder = _models.CopySmall("tiny-sentence", "heads");
        VectorModels.Overlay("heads", folder);
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        File.WriteAllText(Path.Combine(folder, "1_Pooling", "config.json"), """{"pooling_mode":"cls"}""");

        Assert.Equal(6, Served(folder).Dimensions);
        File.WriteAllText(Path.Combine(folder, "modules.json"), """[{"type":"a.Transformer","path":""},{"type":"a.Pooling","path":"1_Pooling"},{"type":"a.LayerNorm","path":"3_LayerNorm"}]""");
        Assert.Equal("modules.json: the heads give 12 numbers; the graph gives 16.", Refused(folder));
    }

    [Fact]
    public void Check_PoolingOfServingJson_MakesSparseVectors()
    {
        var folder = Copy("splade");
        File.Delete(Path.Combine(folder, "modules.json"));
        File.WriteAllText(Path.Combine(folder, "serving.json"), """{"pooling":"splade"}""");

        Assert.Equal("sparse-embeddings", Served(folder).Task);
        File.WriteAllText(Path.Combine(folder, "serving.json"), """{"pooling":"splade","task":"feature-extraction"}""");
        Assert.Contains("splade", Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_FilesOfColBertsAuthors_AreRead()
    {
        var folder = Copy("colbert");
        File.Delete(Path.Combine(folder, "modules.json"));
        File.Delete(Path.Combine(folder, "config_sentence_transformers.json"));
        File.Move(Path.Combine(folder, "1_Dense", "model.safetensors"), Path.Combine(folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "artifact.metadata"), """{"query_token_id":"[Q] ","doc_token_id":"[D] ","query_maxlen":12,"doc_maxlen":20,"dim":8,"similarity":"cosine","mask_punctuation":true}""");

        var report = Served(folder);

        Assert.Equal(("late-interaction", 8, 20), (report.Task, report.Dimensions, report.MaxTokens));
        File.WriteAllText(Path.Combine(folder, "artifact.metadata"), """{"query_token_id":"[Q] ","doc_token_id":"[D] ","dim":9}""");
        Assert.Contains("9 dimensions", Refused(folder), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "artifact.metadata"), """{"similarity":"l2"}""");
        Assert.Contains("l2", Refused(folder), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "artifact.metadata"), "{}");
        Assert.Contains("[unused0]", Refused(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("splade", "weights\":{\"boat\":", true)]
    [InlineData("splade", "weights\":{\"boats\":", false)]
    public void Check_GoldenWeights_AreCompared(string fixture, string golden, bool known)
    {
        var folder = Copy(fixture);
        var boat = VectorModels.Expected("splade")[0].Floats("max")[Array.IndexOf(Vocabulary, "boat")];
        File.WriteAllText(Path.Combine(folder, "serving.json"), FormattableString.Invariant($"{{\"golden\":[{{\"text\":\"the cat\",\"{golden}{boat}}}}}]}}"));
        if (known) Assert.Equal(1, Served(folder).GoldenCases);
        else Assert.Contains("boats", Refused(folder), StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(folder, "serving.json"), FormattableString.Invariant($"{{\"golden\":[{{\"text\":\"the cat\",\"{golden}{boat + 1}}}}}]}}"));
        Refused(folder);
    }

    [Theory]
    [InlineData("colbert")]
    [InlineData("prompted")]
    public void Check_GoldenDocument_IsCompared(string name)
    {
        var folder = name == "colbert" ? Copy(name) : _models.CopySmall("tiny-rerank", name);
        var (query, document, score, more) = name == "colbert"
            ? ("the cat", "a small boat on the river in the rain", (double)VectorModels.Expected("colbert")[0].Floats("scores")[1], "")
            : ("good music", "a happy song", VectorModels.ExpectedOfPrompts()[0].GetProperty("prompted").GetDouble(), """ "rerank":{"template":"this {query} or {document} ? {instruction}","instruction":"a story"},""");

        foreach (var off in new[] { 0, 0.1 })
        {
            File.WriteAllText(Path.Combine(folder, "serving.json"), FormattableString.Invariant($$"""{{{more}} "golden":[{"text":"{{query}}","document":"{{document}}","score":{{score + off}}}]}"""));
            if (off == 0) Served(folder);
            else Assert.Contains("Golden case 0", Refused(folder), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"rerank":{"template":"{query}"}}""", "{document}")]
    [InlineData("""{"rerank":{"template":"{query} {query} {document}"}}""", "{query}")]
    [InlineData("""{"rerank":{"template":"{query} {document} {instruction}"}}""", "rerank.instruction")]
    [InlineData("""{"rerank":{"template":"{query} {document}","yes":"good"}}""", "rerank.no")]
    [InlineData("""{"rerank":{"yes":"good","no":"bad"}}""", "rerank.template")]
    [InlineData("""{"rerank":{"template":"{query} {document}","yes":"good","no":"good"}}""", "same token")]
    [InlineData("""{"rerank":{"template":"{query} {document}","yes":"good bad","no":"good"}}""", "not one token")]
    [InlineData("""{"rerank":{"template":"{query} {document}","yes":"good","no":"bad"}}""", "3 dimensions")]
    [InlineData("""{"rerank":{"templates":""}}""", "serving.json")]
    public void Check_WrongPrompt_IsRefusedWithTheReason(string serving, string reason)
    {
        var folder = _models.CopySmall("tiny-rerank", "prompted");
        File.WriteAllText(Path.Combine(folder, "serving.json"), serving);

        Assert.Contains(reason, Refused(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_GraphWithoutAMask_IsRefusedWhereItMatters()
    {
        var folder = Copy("colbert");
        File.Copy(Path.Combine(SmallModels.Root, "..", "external-weights.onnx"), Path.Combine(folder, "model.onnx"), overwrite: true);

        Assert.Contains("attention_mask", Refused(folder), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "serving.json"), """{"lateInteraction":{"expandQueries":false}}""");
        Assert.DoesNotContain("attention_mask", Refused(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"lateInteraction":{"queryLength":3}}""", "query")]
    [InlineData("""{"lateInteraction":{"documentMarker":"[X]"}}""", "[X]")]
    public void Check_WrongLateInteraction_IsRefusedWithTheReason(string serving, string reason)
    {
        var folder = Copy("colbert");
        File.WriteAllText(Path.Combine(folder, "serving.json"), serving);

        Assert.Contains(reason, Refused(folder), StringComparison.Ordinal);
    }

    private static string[] Vocabulary { get; } = [.. Enumerable.Range(0, 143).Select(i => Tokens.IdToToken(i)!)];

    private static ModelServer.Tokenization.HuggingFaceTokenizer Tokens => ModelServer.Tokenization.Files.TokenizerLoader.Load(
        file => Path.Combine(VectorModels.Root, "splade", "1", file) is var path && File.Exists(path) ? path : null);

    private string Copy(string fixture)
    {
        var folder = Path.Combine(_models.Path, fixture, "1");
        VectorModels.Overlay(fixture, folder);
        return folder;
    }

    private CheckReport Served(string folder)
    {
        var report = host.Run(folder);
        Assert.True(report.IsServed, report.Reason);
        return report;
    }

    private string Refused(string folder)
    {
        var report = host.Run(folder);
        Assert.False(report.IsServed);
        return report.Reason!;
    }
}
