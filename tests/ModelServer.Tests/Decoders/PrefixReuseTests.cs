using ModelServer.Decoders;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using Testing;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Decoders;

/// <summary>A prompt that begins as an earlier one is read from there on, to the same tokens and log probabilities, bit by bit.</summary>
public class PrefixReuseTests
{
    private const int Prefill = 24, Window = 256;

    [Theory]
    [InlineData("model.onnx", 6, null)]
    [InlineData("model.onnx", 6, 40 * 49_152L)]
    [InlineData("model_int8.onnx", 6, null)]
    [InlineData("model_nb8.onnx", 6, null)]
    [InlineData("stories-plain", 6, null)]
    // These decode one row alone and several to different bits, with or without reuse.
    [InlineData("tiny-decoder", 1, null)]
    [InlineData("tiny-decoder-shared", 1, null)]
    [InlineData("tiny-decoder-half", 1, null)]
    [InlineData("tiny-decoder-q4", 1, null)]
    public async Task Start_ConversationsThatBeginAlike_AnswersAsWithoutReuse(string name, int clients, long? bytes)
    {
        List<(DecoderRequest Request, GeneratedToken[] Tokens)> answers = [];
        using (var with = Load(name, new DecoderOptions { PrefixCacheBytes = bytes }))
        {
            await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => TalkAsync(with.Decoder, client))));
            await with.IdleAsync();
            Assert.True(with.Total("generation.prefix.tokens") > 0);
            Assert.Equal(bytes is null, with.Total("generation.prefix.evictions") == 0);
            Assert.InRange(with.Decoder.PrefixBytes, 1, bytes ?? long.MaxValue);
        }

        using var without = Load(name, new DecoderOptions { PrefixCacheBytes = 0 });
        foreach (var batch in answers.Chunk(clients))
        {
            // In another mix than before.
            var sequences = without.Decoder.Start([.. batch.Select(a => a.Request)]);
            for (var i = 0; i < batch.Length; i++) AssertSame(batch[i].Tokens, await TinyDecoder.ReadAsync(sequences[i]));
        }

        Assert.Equal(0, without.Total("generation.prefix.lookups"));

        async Task TalkAsync(Decoder decoder, int client)
        {
            var random = new Random(client);
            for (var conversation = 0; conversation < 4; conversation++)
            {
                // All begin as one of two, as behind a system prompt; one of two tenants.
                List<int> history = [.. Draw(new Random(conversation % 2), decoder.Window / 5)];
                for (var turn = 0; ; turn++)
                {
                    history.AddRange(Draw(random, random.Next(1, decoder.Window / 5)));
                    var most = random.Next(1, decoder.Window / 8);
                    if (history.Count + most > decoder.Window) break;
                    var request = new DecoderRequest([.. history], most, Sampling(random), new QueueLane($"tenant {client % 2}"));
                    var sequence = decoder.Start(request);
                    if (random.Next(4) == 0)
                    {
                        for (var left = random.Next(3); left > 0; left--) await sequence.Tokens.WaitToReadAsync();
                        sequence.Cancel();
                        continue;
                    }

                    GeneratedToken[] tokens = [.. await TinyDecoder.ReadAsync(sequence)];
                    history.AddRange(tokens.Select(t => t.Token!.Value.Id));
                    lock (answers) answers.Add((request, tokens));
                }
            }
        }

        int[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(2, 80))];
    }

    [Theory]
    [InlineData("model.onnx", 100)]
    [InlineData("model.onnx", 97)]
    [InlineData("stories-plain", 96)]
    [InlineData("stories-plain", 5)]
    public async Task Start_SamePromptAgain_ReadsItsLastChunkAlone(string name, int length)
    {
        using var decoder = Load(name, new DecoderOptions { Rows = 1 });
        int[] prompt = [.. Enumerable.Range(0, length).Select(i => 5 + (i * 37 % 130))];
        var known = (length - 1) / Prefill * Prefill;
        var first = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 4));
        var expected = await TinyDecoder.IdsAsync(first);
        var read = decoder.Total("generation.prompt_tokens");

        var second = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 4));

        Assert.Equal(expected, await TinyDecoder.IdsAsync(second));
        Assert.Equal((0, known), (first.CachedTokens, second.CachedTokens));
        Assert.Equal(length, second.ReadTokens);
        Assert.Equal((length, length - known), (read, decoder.Total("generation.prompt_tokens") - read));
        Assert.Equal(known, decoder.Total("generation.prefix.tokens"));
    }

    [Fact]
    public async Task Start_SeveralOfOnePrompt_ReadItOnce()
    {
        using var decoder = Load("model.onnx", new DecoderOptions { Rows = 4 });
        int[] prompt = [.. Enumerable.Range(0, 150).Select(i => 5 + (i * 37 % 130))];

        var choices = decoder.Decoder.Start([.. Enumerable.Repeat(TinyDecoder.Greedy(prompt, 4), 4)]);
        foreach (var choice in choices) await TinyDecoder.IdsAsync(choice);

        Assert.Equal([0, 144, 144, 144], choices.Select(c => c.CachedTokens).Order());
        Assert.Equal(150 + (3 * 6), decoder.Total("generation.prompt_tokens"));
    }

    /// <summary>In idle time the answer is read as the next turn's prompt has it.</summary>
    [Theory]
    [InlineData("model.onnx", true, 120)]
    [InlineData("model.onnx", false, 96)]
    [InlineData("stories-plain", true, 120)]
    public async Task Start_NextTurnOfAConversation_KnowsTheAnswerToo(string name, bool readsAnswers, int known)
    {
        using var decoder = Load(name, new DecoderOptions { Rows = 1, ReadAnswers = readsAnswers });
        using var without = Load(name, new DecoderOptions { Rows = 1, PrefixCacheBytes = 0 });
        int[] prompt = [.. Enumerable.Range(0, 100).Select(i => 5 + (i * 37 % 130))];
        var answer = await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 30)));
        await Eventually.HoldsAsync(() => decoder.Total("generation.prefix.answer_tokens") == known - 96);
        var next = TinyDecoder.Greedy([.. prompt, .. answer, 7, 8, 9], 8) with { Sampling = new SamplingOptions { Temperature = 0, TopLogprobs = 3 } };

        var turn = decoder.Decoder.Start(next);

        AssertSame(await TinyDecoder.ReadAsync(without.Decoder.Start(next)), await TinyDecoder.ReadAsync(turn));
        Assert.Equal(known, turn.CachedTokens);
        Assert.Equal(133, turn.ReadTokens);
    }

    /// <summary>It waited for a chunk of its own answer: a quarter of the time to its first token.</summary>
    [Fact]
    public async Task Start_AtOnceAfterAnAnswer_DoesNotWaitForThatToBeRead()
    {
        var time = new ManualTimeProvider();
        using var decoder = TinyDecoder.LoadGraph(GraphOf("model.onnx"), Window, new DecoderOptions { Rows = 1, PrefillTokens = Prefill }, time: time);
        int[] prompt = [.. Enumerable.Range(0, 100).Select(i => 5 + (i * 37 % 130))];
        for (var turn = 0; turn < 3; turn++) await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 30)));
        Assert.Equal(0, decoder.Total("generation.prefix.answer_tokens"));

        time.Advance(TimeSpan.FromMilliseconds(50));

        await Eventually.HoldsAsync(() => decoder.Total("generation.prefix.answer_tokens") > 0);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 96)]
    public async Task Start_PromptThatAnotherSent_IsKnownWhereTheScopeSaysSo(bool isShared, int known)
    {
        using var decoder = Load("model.onnx", new DecoderOptions { Rows = 1, PrefixScope = isShared ? PrefixScope.Shared : PrefixScope.Client });
        int[] prompt = [.. Enumerable.Range(5, 100)];
        await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 1, "a")));

        var other = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 1, "b"));
        await TinyDecoder.IdsAsync(other);

        Assert.Equal(known, other.CachedTokens);
    }

    [Fact]
    public async Task Start_ThatMayNotKeepOrReuse_DoesNot()
    {
        using var decoder = Load("model.onnx", new DecoderOptions { Rows = 1 });
        var request = TinyDecoder.Greedy([.. Enumerable.Range(5, 100)], 1);

        Assert.Equal(0, await CachedAsync(request with { KeepsPrefix = false }));
        Assert.Equal(0, await CachedAsync(request));
        Assert.Equal(0, await CachedAsync(request with { ReusesPrefix = false }));
        Assert.Equal(0, await CachedAsync(request with { PromptLogprobs = 1 }));
        Assert.Equal(96, await CachedAsync(request));

        async Task<int> CachedAsync(DecoderRequest asked)
        {
            var sequence = decoder.Decoder.Start(asked);
            await TinyDecoder.ReadAsync(sequence);
            Assert.Equal(asked.PromptLogprobs is null ? 0 : 99, sequence.PromptScores.Count);
            return sequence.CachedTokens;
        }
    }

    [Fact]
    public async Task Dispose_AfterAnyNumberOfPrompts_GivesBackWhatStayedWithinTheBudget()
    {
        const long budget = 1_000_000;
        var decoder = Load("stories-plain", new DecoderOptions { PrefixCacheBytes = budget });
        var random = new Random(1);
        for (var i = 0; i < 60; i++)
        {
            int[] prompt = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => random.Next(2, 80))];
            await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 1)));
            Assert.InRange(decoder.Decoder.PrefixBytes, 0, budget);
            Assert.Equal(decoder.Decoder.PrefixBytes, decoder.Total("generation.prefix.memory"));
        }

        Assert.InRange(decoder.Decoder.PrefixBytes, budget * 9 / 10, budget);
        Assert.True(decoder.Total("generation.prefix.evictions") > 50);
        decoder.Dispose();
        Assert.Equal(0, decoder.Total("generation.prefix.memory"));
    }

    /// <summary>Where a chunk begins at a multiple of the vector's width, plain operators sum in one order too.</summary>
    [Theory]
    [InlineData("model.onnx", 16, true)]
    [InlineData("model.onnx", 24, true)]
    [InlineData("model_int8.onnx", 16, true)]
    [InlineData("model_nb8.onnx", 16, true)]
    [InlineData("model_nb8.onnx", 24, true)]
    [InlineData("stories-plain", 16, true)]
    [InlineData("stories-plain", 20, false)]
    [InlineData("tiny-decoder-half", 16, false)]
    public void ReadsAlike_Graphs_AsFarAsTheirBitsAreTheSame(string name, int chunk, bool expected)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var model = new DecoderNetwork(GraphOf(name), options);
        using var session = new DecoderSession(model, rows: 1, WindowOf(name), chunk: StepScheduler<string>.Longest * chunk);

        Assert.Equal(expected, DecoderCheck.ReadsAlike(session, chunk));
    }

    private static SamplingOptions Sampling(Random random)
        => new() { Seed = (ulong)random.Next(), Temperature = random.Next(2), TopLogprobs = 2, RepetitionPenalty = random.Next(2) == 0 ? 1 : 1.1f };

    private static void AssertSame(IReadOnlyList<GeneratedToken> expected, IReadOnlyList<GeneratedToken> actual)
    {
        Assert.Equal(expected.Select(t => (t.Token!.Value.Id, t.Finish)), actual.Select(t => (t.Token!.Value.Id, t.Finish)));
        Assert.Equal(expected.SelectMany(Bits), actual.SelectMany(Bits));

        static IEnumerable<(int, int)> Bits(GeneratedToken token)
            => token.Token!.Value.Top.Select(t => (t.Id, BitConverter.SingleToInt32Bits(t.Logprob))).Append((token.Token.Value.Id, BitConverter.SingleToInt32Bits(token.Token.Value.Logprob)));
    }

    private static TinyDecoder Load(string name, DecoderOptions options)
    {
        options.PrefillTokens = name.StartsWith("tiny", StringComparison.Ordinal) ? 12 : Prefill;
        return TinyDecoder.LoadGraph(GraphOf(name), WindowOf(name), options);
    }

    private static int WindowOf(string name) => name.StartsWith("tiny", StringComparison.Ordinal) ? TinyDecoder.Window : Window;

    private static string GraphOf(string name) => name.EndsWith(".onnx", StringComparison.Ordinal)
        ? Path.Combine(RepositoryPaths.Models, "stories", "1", name)
        : Directory.GetFiles(SmallModels.Folder(name), "*.onnx").Single();
}
