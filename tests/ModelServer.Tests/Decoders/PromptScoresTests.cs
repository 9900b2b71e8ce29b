using System.Numerics.Tensors;
using ModelServer.Decoders;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using ServiceDefaults.Errors;
using Testing;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Decoders;

/// <summary>The log probabilities of a prompt's tokens, against those of reading the prompt again and again, each time one token more.</summary>
public class PromptScoresTests
{
    private const int Top = 2;

    [Theory]
    [InlineData("tiny-decoder", 60)]
    [InlineData("tiny-decoder-shared", 60)]
    [InlineData("tiny-decoder-q4", 33)]
    [InlineData("tiny-decoder-nb8", 33)]
    [InlineData("stories-plain", 150)]
    [InlineData("stories", 150)]
    public async Task Start_PromptThatIsScored_GivesEachTokensLogprobs(string name, int length)
    {
        var graph = GraphOf(name);
        var window = length < TinyDecoder.Window ? TinyDecoder.Window : length + 20;
        using var decoder = TinyDecoder.LoadGraph(graph, window, new DecoderOptions { Rows = 4, PrefillTokens = 12 });
        int[] prompt = [.. Enumerable.Range(0, length).Select(i => 5 + (i * 37 % 130))];
        // Streams under way make the chunks short; without them they are long.
        var others = decoder.Decoder.Start([TinyDecoder.Greedy([7], 40), TinyDecoder.Greedy([8], 40)]);

        var beside = decoder.Decoder.Start(Scored(prompt, maxTokens: 1));
        var tokens = await TinyDecoder.ReadAsync(beside);
        foreach (var other in others) await TinyDecoder.ReadAsync(other);
        var alone = decoder.Decoder.Start(Scored(prompt, maxTokens: 0));
        var none = await TinyDecoder.ReadAsync(alone);

        Assert.Equal([new(null, FinishReason.Length)], none);
        Assert.Single(tokens);
        AssertScores(graph, window, prompt, beside.PromptScores);
        AssertScores(graph, window, prompt, alone.PromptScores);
        await decoder.IdleAsync();
    }

    [Fact]
    public async Task Start_PromptOfOneToken_HasNothingToScore()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder");
        var sequence = decoder.Decoder.Start(Scored([7], maxTokens: 2));

        Assert.Equal(2, (await TinyDecoder.ReadAsync(sequence)).Count);
        Assert.Empty(sequence.PromptScores);
    }

    [Fact]
    public async Task Start_NoTokensWanted_ReadsThePromptAndCountsNone()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder-shared");

        Assert.Equal([new(null, FinishReason.Length)], await TinyDecoder.ReadAsync(decoder.Decoder.Start(TinyDecoder.Greedy([.. Enumerable.Repeat(7, TinyDecoder.Window)], 0))));

        await decoder.IdleAsync();
        Assert.Equal(0, decoder.Total("generation.tokens"));
        Assert.Equal(TinyDecoder.Window, decoder.Total("generation.prompt_tokens"));
    }

    /// <summary>This one gives the logits behind the last token alone.</summary>
    [Fact]
    public void Start_GraphThatCannotScore_IsRefusedByName()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder-half");

        var refused = Assert.Throws<InvalidFieldException>(() => decoder.Decoder.Start(Scored([1, 2], maxTokens: 1)));

        Assert.Equal(("echo", "unsupported_parameter"), (refused.Error.Param, refused.Error.Code));
    }

    private static DecoderRequest Scored(int[] prompt, int maxTokens)
        => new(prompt, maxTokens, new SamplingOptions { Temperature = 0 }, new QueueLane("tester")) { PromptLogprobs = Top };

    private static string GraphOf(string name) => name == "stories"
        ? Path.Combine(RepositoryPaths.Models, "stories", "1", "model.onnx")
        : Directory.GetFiles(SmallModels.Folder(name), "*.onnx").Single();

    private static void AssertScores(string graph, int window, int[] prompt, IReadOnlyList<SampledToken> scores)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var model = new DecoderNetwork(graph, options);
        using var session = new DecoderSession(model, rows: 1, window, chunk: window);
        Assert.Equal(prompt.Length - 1, scores.Count);
        for (var i = 1; i < prompt.Length; i++)
        {
            var logits = session.Read(0, i - 1, prompt.AsSpan(i - 1, 1)).ToArray();
            double highest = TensorPrimitives.Max<float>(logits);
            var log = highest + Math.Log(logits.Sum(l => Math.Exp(l - highest)));
            var score = scores[i - 1];
            Assert.Equal(prompt[i], score.Id);
            Assert.Equal(logits[prompt[i]] - log, score.Logprob, 2e-3);
            Assert.Equal(Top, score.Top.Length);
            Assert.Equal(highest - log, score.Top[0].Logprob, 2e-3);
        }
    }
}
