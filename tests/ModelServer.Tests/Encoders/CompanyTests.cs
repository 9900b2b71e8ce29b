using Microsoft.Extensions.DependencyInjection;
using ModelServer.Embed;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Tests.Check;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Encoders;

/// <summary>Whatever a graph makes of company and of padding, an answer is what it is alone.</summary>
public sealed class CompanyTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly TemporaryModels _elsewhere = new();

    public void Dispose()
    {
        _models.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public Task Queue_AttentionAcrossTheBatch_GivesEachWhatItHasAlone() => SameAsAloneAsync(new() { IsAcrossBatch = true });

    [Fact]
    public Task Queue_PaddingThatIsSeen_GivesEachWhatItHasAlone() => SameAsAloneAsync(new() { ForgetsMask = true });

    [Fact]
    public Task Queue_NoMask_GivesEachWhatItHasAlone() => SameAsAloneAsync(new() { MaskType = null });

    [Fact]
    public Task Queue_OneRowForEachRun_GivesEachWhatItHasAlone() => SameAsAloneAsync(new() { TracedRows = 1 });

    [Fact]
    public Task Queue_MaskOfBools_GivesEachWhatItHasAlone() => SameAsAloneAsync(new() { MaskType = GraphWriter.Bool });

    /// <summary>Rows of 32 tokens, of which those of the text count.</summary>
    [Fact]
    public async Task Queue_FixedLength_GivesWhatTheGraphOfAnyLengthGives()
    {
        using var free = Load(new(), "free");
        using var @fixed = Load(new() { Shape = ["batch", 32] }, "fixed");
        var (expected, actual) = (Sequences(32), Sequences(32));
        free.Engine.Queue.Add(expected);
        @fixed.Engine.Queue.Add(actual);

        Assert.Equal(32, @fixed.MaxTokens);
        for (var i = 0; i < expected.Length; i++) JsonReading.AssertClose(await expected[i].Completion, await actual[i].Completion, 1e-5);
    }

    /// <summary>RoBERTa's first position is behind the padding id.</summary>
    [Fact]
    public async Task Queue_PositionsOfRoberta_BeginBehindThePaddingId()
    {
        using var model = Load(new() { HasPositions = true }, "roberta", type: "roberta");
        using var session = new EncoderSession(model.Source.Graph, TinyEncoder.Cpu, [new OutputChoice(["last_hidden_state"], 3)], 0, model.Settings.Reader, firstPosition: 2);
        using var buffers = session.CreateBuffers();
        var sequence = TinyEncoder.Sequence(9);
        using var batch = new Batch([sequence], BatchClosed.Drained);
        var expected = session.Run(batch, buffers)[0];

        var queued = TinyEncoder.Sequence(9);
        model.Engine.Queue.Add([queued]);

        JsonReading.AssertClose(expected, await queued.Completion, 1e-6);
        Assert.Equal(62, model.MaxTokens);
    }

    private async Task SameAsAloneAsync(EncoderGraph graph)
    {
        using var model = Load(graph, "m");
        var (alone, together) = (Sequences(40), Sequences(40));
        foreach (var sequence in alone)
        {
            model.Engine.Queue.Add([sequence]);
            await sequence.Completion;
        }

        model.Engine.Queue.Add(together);

        for (var i = 0; i < together.Length; i++) JsonReading.AssertClose(await alone[i].Completion, await together[i].Completion, 1e-5);
    }

    private EmbeddingModel Load(EncoderGraph graph, string name, string type = "bert")
    {
        new EncoderLayouts(_models, _elsewhere).Encoder(graph, type: type, name: name);
        return (EmbeddingModel)host.Services.GetRequiredService<ModelFactory>().Load(new ModelFolder(_models.Path, name, "1"), CancellationToken.None);
    }

    private static EncoderSequence[] Sequences(int longest) => [.. Enumerable.Range(0, 60).Select(i => TinyEncoder.Sequence(1 + (i * 7 % longest), i))];
}
