using System.Numerics.Tensors;
using System.Text.Json;
using ModelServer.Decoders;
using ModelServer.Tests.Decoders;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.OpenAI;

/// <summary>What lm-evaluation-harness asks of a completions route to score continuations (models <c>local-completions</c> and <c>openai-completions</c>), and what it
/// makes of the answer, against the model's own logits.</summary>
public sealed class LoglikelihoodTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Route = "/v1/completions";
    private static readonly (int[] Context, int[] Continuation)[] Cases = [.. TinyDecoder.Expected("tiny-decoder").Select((c, i) => (c.Prompt, i % 2 == 0 ? c.Ids[..8] : [9 + i, 40, 77]))];

    /// <summary>One token is asked for and left aside, whatever it is; an end token, too, must be told, or the last of the prompt is taken for it.</summary>
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"3":100}""")]
    public async Task Score_BatchesOfTokenIds_AreSumsOfTheModelsOwnLogits(string bias)
    {
        foreach (var batch in Cases.Chunk(4))
        {
            var prompt = batch.Select(c => c.Context.Concat(c.Continuation));
            var answer = await models.PostAsync(Route, new { model = "plain", prompt, temperature = 0, max_tokens = 1, logprobs = 1, seed = 1234, echo = true, logit_bias = JsonSerializer.Deserialize<JsonElement>(bias) });

            foreach (var (choice, expected) in answer.GetProperty("choices").EnumerateArray().OrderBy(c => c.GetProperty("index").GetInt32()).Zip(batch))
            {
                var logprobs = choice.GetProperty("logprobs");
                var (sum, isGreedy) = (0.0, true);
                var (tokens, top) = (logprobs.GetProperty("token_logprobs"), logprobs.GetProperty("top_logprobs"));
                for (var i = expected.Context.Length; i < tokens.GetArrayLength() - 1; i++)
                {
                    sum += tokens[i].GetDouble();
                    isGreedy &= tokens[i].GetDouble() == top[i].EnumerateObject().Max(t => t.Value.GetDouble());
                }

                Assert.Equal(expected.Context.Length + expected.Continuation.Length + 1, tokens.GetArrayLength());
                Assert.Equal(JsonValueKind.Null, tokens[0].ValueKind);
                Assert.Equal(JsonValueKind.Null, top[0].ValueKind);
                Assert.Equal(Sum(expected.Context, expected.Continuation, out var greedy), sum, 5e-3);
                Assert.Equal(greedy, isGreedy);
            }
        }
    }

    /// <summary>As older versions ask: no token, five likely ones, a text.</summary>
    [Fact]
    public async Task Score_TextWithoutATokenToWrite_TellsThePromptsTokensAlone()
    {
        const string Text = "the old man and the sea";
        var ids = (await models.PostAsync("/v1/tokenize", new { model = "plain", text = Text })).GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray();

        var answer = await models.PostAsync(Route, new { prompt = Text, temperature = 0, max_tokens = 0, logprobs = 5, echo = true });

        var choice = answer.GetProperty("choices")[0];
        Assert.Equal((Text, "length"), (choice.GetProperty("text").GetString(), choice.GetProperty("finish_reason").GetString()));
        Assert.Equal($$$"""{"prompt_tokens":{{{ids.Length}}},"completion_tokens":0,"total_tokens":{{{ids.Length}}},"prompt_tokens_details":{"cached_tokens":0}}""", answer.GetProperty("usage").ToString());
        var logprobs = choice.GetProperty("logprobs");
        Assert.Equal(ids.Length, logprobs.GetProperty("tokens").GetArrayLength());
        Assert.Equal(Sum(ids[..1], ids[1..], out _), logprobs.GetProperty("token_logprobs").EnumerateArray().Skip(1).Sum(t => t.GetDouble()), 5e-3);
        var tokens = logprobs.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()!.Trim()).ToArray();
        var offsets = logprobs.GetProperty("text_offset").EnumerateArray().Select(o => o.GetInt32()).ToArray();
        Assert.Equal(0, offsets[0]);
        for (var i = 0; i < tokens.Length; i++) Assert.StartsWith(tokens[i], Text[offsets[i]..].TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Echo_InAStream_SaysWhatTheWholeAnswerSays()
    {
        var body = new Dictionary<string, object> { ["prompt"] = new[] { "the old man", "a boat" }, ["max_tokens"] = 3, ["n"] = 2, ["temperature"] = 0, ["logprobs"] = 0, ["echo"] = true };
        var whole = await models.PostAsync(Route, body);

        var events = await models.StreamAsync(Route, body);

        var parts = events.SelectMany(e => e.GetProperty("choices").EnumerateArray()).ToLookup(c => c.GetProperty("index").GetInt32());
        foreach (var choice in whole.GetProperty("choices").EnumerateArray())
        {
            var own = parts[choice.GetProperty("index").GetInt32()].ToArray();
            Assert.Equal(choice.GetProperty("text").GetString(), string.Concat(own.Select(c => c.GetProperty("text").GetString())));
            var told = own.Select(c => c.GetProperty("logprobs")).Where(l => l.ValueKind == JsonValueKind.Object).SelectMany(l => l.GetProperty("tokens").EnumerateArray());
            Assert.Equal(choice.GetProperty("logprobs").GetProperty("tokens").EnumerateArray().Select(t => t.GetString()), told.Select(t => t.GetString()));
            Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").GetProperty("top_logprobs").ValueKind);
        }
    }

    [Fact]
    public async Task NoTokens_WithoutEcho_AreNone()
    {
        var answer = await models.PostAsync(Route, new { prompt = new object[] { "the old man", new[] { 16, 17 } }, max_tokens = 0, n = 2 });

        Assert.All(answer.GetProperty("choices").EnumerateArray(), c => Assert.Equal(("", "length"), (c.GetProperty("text").GetString(), c.GetProperty("finish_reason").GetString())));
        Assert.Equal((4, 0), (answer.GetProperty("choices").GetArrayLength(), answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32()));
        var only = Assert.Single(await models.StreamAsync(Route, new { prompt = "the old man", max_tokens = 0 }));
        Assert.Equal("length", only.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    /// <summary>Of a continuation behind a context, each token by logits of its own run.</summary>
    private static double Sum(int[] context, int[] continuation, out bool isGreedy)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var model = new DecoderNetwork(Path.Combine(SmallModels.Folder("tiny-decoder"), "model.onnx"), options);
        using var session = new DecoderSession(model, rows: 1, TinyDecoder.Window, chunk: TinyDecoder.Window);
        var sum = 0.0;
        isGreedy = true;
        for (var i = 0; i < continuation.Length; i++)
        {
            int[] before = [.. context, .. continuation[..i]];
            var logits = session.Read(0, 0, before).ToArray();
            double highest = TensorPrimitives.Max<float>(logits);
            sum += logits[continuation[i]] - highest - Math.Log(logits.Sum(l => Math.Exp(l - highest)));
            isGreedy &= logits[continuation[i]] == highest;
        }

        return sum;
    }
}
