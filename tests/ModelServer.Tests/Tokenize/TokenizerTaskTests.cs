using ModelServer.ModelFiles;
using ModelServer.Tests.Models;
using ModelServer.Tokenize;

namespace ModelServer.Tests.Tokenize;

public sealed class TokenizerTaskTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    /// <summary>A checkpoint that was never exported was ready without a word.</summary>
    [Fact]
    public void Load_ModelWithoutAGraph_WarnsThatItOnlyTokenizes()
    {
        _models.CopySmall("tiny-tokenizer", "a");
        _models.Write("a/1/config.json", """{"architectures":["LlamaForCausalLM"]}""");

        Assert.Contains("LlamaForCausalLM", Assert.Single(Load("a").Source.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TokenizerAlone_WarnsOfNothing()
    {
        _models.CopySmall("tiny-tokenizer", "a");

        Assert.Empty(Load("a").Source.Warnings);
    }

    private ModelServer.Models.LoadedModel Load(string name)
    {
        var source = ModelSource.Read(new ModelFolder(_models.Path, name, "1"));
        var task = new TokenizerTask();
        Assert.True(task.Recognises(source));
        return task.Load(source, CancellationToken.None);
    }
}
