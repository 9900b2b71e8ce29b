using ModelServer.Admission;
using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.Runtime;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using Testing;

namespace ModelServer.Tests.Generation;

/// <summary>One continuation, token by token, of a sequence whose loop is played here. The texts are those of the small decoder's vocabulary.</summary>
public class TextChoiceTests
{
    private const int The = 5, River = 30, Lake = 31, Sea = 32, End = 3, Vocabulary = 143;
    private static readonly HuggingFaceTokenizer Tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-decoder"));
    private readonly SamplingBuffers _buffers = new();

    [Fact]
    public async Task TryRead_TokensOneByOne_TellsEachTextAndTheFinish()
    {
        var (sequence, choice) = Begin(maxTokens: 3);

        Assert.Equal([("river", null)], Next(sequence, choice, River));
        Assert.Equal([(" lake", null)], Next(sequence, choice, Lake));
        Assert.Equal([(" sea", FinishReason.Length)], Next(sequence, choice, Sea));
        Assert.Equal(3, choice.Tokens);
        Assert.False(await choice.WaitAsync(CancellationToken.None));
        Assert.False(choice.TryRead(out _));
        Assert.False(sequence.IsCancelled);
    }

    [Fact]
    public void TryRead_EndToken_IsAFinishWithoutText()
    {
        var (sequence, choice) = Begin();
        Next(sequence, choice, River);

        Assert.Equal([("", FinishReason.Stop)], Next(sequence, choice, End));
        Assert.Equal(2, choice.Tokens);
    }

    [Theory]
    [InlineData("r l", "rive")]
    [InlineData("lake", "river ")]
    [InlineData("ver lake", "ri")]
    [InlineData("river l", "")]
    public async Task TryRead_StopAcrossTokens_EndsBeforeItAndCancelsTheSequence(string stop, string expected)
    {
        var (sequence, choice) = Begin(stops: ["absent", stop]);

        var told = Next(sequence, choice, River).Concat(Next(sequence, choice, Lake)).ToArray();

        Assert.Equal(expected, string.Concat(told.Select(t => t.Text)));
        Assert.Equal(FinishReason.Stop, told[^1].Finish);
        Assert.True(sequence.IsCancelled);
        Assert.Equal(2, choice.Tokens);
        Assert.False(await choice.WaitAsync(CancellationToken.None));
    }

    [Fact]
    public void TryRead_TokensBehindAStop_AreNeitherToldNorCounted()
    {
        var (sequence, choice) = Begin(stops: ["lake"]);
        foreach (var id in new[] { River, Lake, Sea }) Advance(sequence, id);

        Assert.Equal([("river", null), (" ", FinishReason.Stop)], Read(choice));
        Assert.Equal(2, choice.Tokens);
    }

    [Fact]
    public void TryRead_BeginningOfAStopThatGoesOnDifferently_IsToldThen()
    {
        var (sequence, choice) = Begin(stops: ["r sea"]);

        Assert.Equal([("rive", null)], Next(sequence, choice, River));
        Assert.Equal([("r lake", null)], Next(sequence, choice, Lake));
    }

    [Theory]
    [InlineData(End, "r")]
    [InlineData(River, "r river")]
    public void TryRead_EndsWhileAStopMayHaveBegun_TellsWhatWasHeldBack(int last, string expected)
    {
        var (sequence, choice) = Begin(maxTokens: 2, stops: ["r sea"]);
        Next(sequence, choice, River);

        Assert.Equal([(expected, last == End ? FinishReason.Stop : FinishReason.Length)], Next(sequence, choice, last));
        Assert.False(sequence.IsCancelled);
    }

    [Fact]
    public void TryRead_WithLogprobs_TellsEachTokenWithTheTextInWhichItBegins()
    {
        var (sequence, choice) = Begin(maxTokens: 3, stops: ["ke s"], topLogprobs: 2);
        Advance(sequence, River);
        Advance(sequence, Lake);
        Advance(sequence, The);

        List<TextChunk> chunks = [];
        while (choice.TryRead(out var chunk)) chunks.Add(chunk);

        Assert.Equal(["river", " la", "ke the"], chunks.Select(c => c.Text));
        Assert.Equal([[(" river", 0)], [(" lake", 5)], [(" the", 10)]], chunks.Select(c => c.Tokens.Select(t => (t.Token.Text, t.Offset)).ToArray()));
        Assert.All(chunks.SelectMany(c => c.Tokens), t => Assert.Equal((t.Token.Text, t.Logprob), (t.Top[0].Token.Text, t.Top[0].Logprob)));
        Assert.All(chunks.SelectMany(c => c.Tokens), t => Assert.Equal(2, t.Top.Length));
    }

    [Fact]
    public void TryRead_WithLogprobsAndAStop_TellsNoTokenOfTheStop()
    {
        var (sequence, choice) = Begin(stops: ["r lake"], topLogprobs: 0);
        Advance(sequence, River);
        Advance(sequence, Lake);

        Assert.True(choice.TryRead(out var first));
        Assert.True(choice.TryRead(out var last));

        Assert.Equal([(" river", 0)], first.Tokens.Select(t => (t.Token.Text, t.Offset)));
        Assert.Empty(last.Tokens);
        Assert.Equal(FinishReason.Stop, last.Finish);
    }

    [Fact]
    public void TryRead_WithLogprobs_CountsFromTheBeginningOfThePrompt()
    {
        var (sequence, choice) = Begin(shape: new() { PromptLength = 3 }, topLogprobs: 0);
        Advance(sequence, River);
        Advance(sequence, Lake);

        List<ScoredToken> tokens = [];
        while (choice.TryRead(out var chunk)) tokens.AddRange(chunk.Tokens);

        Assert.Equal([(" river", 3), (" lake", 8)], tokens.Select(t => (t.Token.Text, t.Offset)));
    }

    [Fact]
    public void TryRead_EndTokenWithLogprobs_IsTokenWithoutText()
    {
        var (sequence, choice) = Begin(topLogprobs: 0);
        Advance(sequence, End);

        Assert.True(choice.TryRead(out var chunk));

        Assert.Equal(("", FinishReason.Stop), (chunk.Text, chunk.Finish));
        Assert.True(Assert.Single(chunk.Tokens).IsEnd);
    }

    [Theory]
    [InlineData("lake", "river lake")]
    [InlineData("ver la", "river la")]
    public void TryRead_StopThatIsKept_IsTheLastPart(string stop, string expected)
    {
        var (sequence, choice) = Begin(shape: new() { Stops = [stop], KeepsStop = true });

        var told = Next(sequence, choice, River).Concat(Next(sequence, choice, Lake)).ToArray();

        Assert.Equal(expected, string.Concat(told.Select(t => t.Text)));
        Assert.Equal(FinishReason.Stop, told[^1].Finish);
    }

    [Fact]
    public void TryRead_NoTokensWanted_IsAFinishAlone()
    {
        var (sequence, choice) = Begin(maxTokens: 0, shape: new() { Echo = "the" });

        Assert.Equal([("the", FinishReason.Length)], Next(sequence, choice, River));
        Assert.Equal(0, choice.Tokens);
        Assert.True(choice.IsFinished);
    }

    [Fact]
    public async Task WaitAsync_SequenceThatFailsOrIsCancelled_Throws()
    {
        var (failed, waiting) = Begin();
        failed.Fail(new InferenceFailedException(new InvalidOperationException()));
        await Assert.ThrowsAsync<InferenceFailedException>(async () => await waiting.WaitAsync(CancellationToken.None));

        var (cancelled, other) = Begin();
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await other.WaitAsync(CancellationToken.None));
    }

    private static (DecoderSequence Sequence, TextChoice Choice) Begin(int maxTokens = 20, string[]? stops = null, int? topLogprobs = null, TextShape? shape = null)
    {
        var time = new ManualTimeProvider();
        var sampling = new SamplingOptions { Temperature = 0, TopLogprobs = topLogprobs };
        var request = new DecoderRequest([The], maxTokens, sampling, new QueueLane("tester")) { EndTokens = [End] };
        var sequence = new DecoderSequence(request, new DecoderQueue(new InferenceOptions(), time), new AdmissionGate(10, 1000, time).Enter(1, 21));
        return (sequence, new TextChoice(0, sequence, Tokenizer, shape ?? new TextShape { Stops = stops ?? [] }));
    }

    private void Advance(DecoderSequence sequence, int id)
    {
        var logits = new float[Vocabulary];
        logits[id] = 10;
        sequence.Advance(logits, _buffers, now: 1);
    }

    private List<(string Text, FinishReason? Finish)> Next(DecoderSequence sequence, TextChoice choice, int id)
    {
        Advance(sequence, id);
        return Read(choice);
    }

    private static List<(string Text, FinishReason? Finish)> Read(TextChoice choice)
    {
        List<(string, FinishReason?)> told = [];
        while (choice.TryRead(out var chunk)) told.Add((chunk.Text, chunk.Finish));
        return told;
    }
}
