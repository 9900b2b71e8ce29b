using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Encoders;

/// <summary>Which sequences may share runs is found by running them.</summary>
public sealed class CompanyCheckTests : IDisposable
{
    private const int MaxTokens = 64;
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Run_GraphThatMasks_LetsAllShareRuns()
    {
        EncoderGraph[] graphs =
        [
            new(),
            new() { IdType = GraphWriter.Int32, MaskType = GraphWriter.Int32, HasTypes = true },
            new() { MaskType = GraphWriter.Bool },
            new() { MaskType = GraphWriter.Float },
            new() { MaskType = GraphWriter.Half, OutputType = GraphWriter.Half },
            new() { Rotates = true },
            new() { HasPositions = true, Outputs = [("sentence_embedding", 2)] },
        ];

        Assert.All(graphs, graph => Assert.Equal(Company.Any, Run(graph)));
    }

    [Fact]
    public void Run_GraphWithoutAMaskOrThatForgetsIt_LetsEqualLengthsShareRuns()
    {
        Assert.Equal(Company.EqualLengths, Run(new() { MaskType = null }));
        Assert.Equal(Company.EqualLengths, Run(new() { ForgetsMask = true }));
        Assert.Equal(Company.EqualLengths, Run(new() { ForgetsMask = true, OutputType = GraphWriter.Half }));
    }

    [Fact]
    public void Run_GraphThatLooksAcrossTheBatchOrTakesOneRow_LetsNoneShareRuns()
    {
        Assert.Equal(Company.None, Run(new() { IsAcrossBatch = true }));
        Assert.Equal(Company.None, Run(new() { IsAcrossBatch = true, OutputType = GraphWriter.Half }));
        Assert.Equal(Company.None, Run(new() { Shape = [1, "tokens"] }));
        Assert.Equal(Company.None, Run(new() { TracedRows = 1 }));
    }

    [Fact]
    public void Run_FixedLengthThatIsMasked_LetsAllShareRuns() => Assert.Equal(Company.Any, Run(new() { Shape = ["batch", 32] }, maxTokens: 32));

    [Fact]
    public void Run_FixedLengthThatIsNotMasked_IsRefused()
    {
        var refusal = Assert.Throws<ModelLoadException>(() => Run(new() { Shape = ["batch", 32], MaskType = null }, maxTokens: 32));

        Assert.Contains("takes exactly 32 tokens", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tiny-embedding", 3)]
    [InlineData("tiny-embedding-half", 3)]
    [InlineData("tiny-multilabel", 2)]
    [InlineData("tiny-rerank", 2)]
    public void Run_SmallModels_LetsAllShareRuns(string name, int ranks)
    {
        using var session = TinyEncoder.Open(name, new OutputChoice([ranks == 2 ? "logits" : "last_hidden_state"], ranks));

        Assert.Equal(Company.Any, new CompanyCheck(session, TinyEncoder.Vocabulary, 0, MaxTokens).Run(isCoarse: session.IsHalf));
    }

    private Company Run(EncoderGraph graph, int maxTokens = MaxTokens)
    {
        var path = Path.Combine(_models.Path, $"{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(path, graph.Build());
        using var session = new EncoderSession(path, TinyEncoder.Cpu, [new OutputChoice(["last_hidden_state"], 3, 2)], 0, RowReaders.Copy);
        return new CompanyCheck(session, TinyEncoder.Vocabulary, 0, maxTokens).Run(isCoarse: session.IsHalf);
    }
}
