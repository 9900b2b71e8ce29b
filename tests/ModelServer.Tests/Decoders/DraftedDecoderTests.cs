using ModelServer.Decoders;
using ModelServer.Tokenization.Files;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary>Drafts change how fast greedy tokens come, and nothing else. <c>DRAFTED_PROMPTS</c> sets how many prompts each model continues.</summary>
public class DraftedDecoderTests
{
    private const int Most = 8;

    private static readonly int Prompts = int.TryParse(Environment.GetEnvironmentVariable("DRAFTED_PROMPTS"), out var prompts) ? prompts : 60;

    private static readonly string[] Texts =
    [
        "Tom had a red kite. The wind was strong. Tom had a red kite. The wind",
        "Lily said, \"I like the big dog.\" Ben said, \"I like the big dog.\" Sam said,",
        "One, two, three, four. One, two, three, four. One, two,",
        "Once upon a time there was a little girl named",
        "The frog and the duck were best friends. They",
        "<|im_start|>system\nAnswer as JSON with the fields name, age and city.<|im_end|>\n<|im_start|>user\nMaria is 31 years old and lives in Lisbon.<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>system\nYou can call these functions:\n<tools>\n{\"name\": \"get_weather\", \"description\": \"Get the weather for a city\", \"parameters\": {\"city\": \"string\"}}\n</tools><|im_end|>\n<|im_start|>user\nWhat is the weather in Paris and Rome?<|im_end|>\n<|im_start|>assistant\n",
        "<|im_start|>user\nWhat can you do?<|im_end|>\n<|im_start|>assistant\n",
    ];

    [Theory]
    [InlineData("stories", "model.onnx")]
    [InlineData("stories", "model_int8.onnx")]
    [InlineData("stories", "model_nb8.onnx")]
    [InlineData("chat", "model.onnx")]
    [InlineData("chat", "model_int8.onnx")]
    [InlineData("chat", "model_nb8.onnx")]
    [InlineData("stories-plain", null)]
    public async Task Start_GreedyPrompts_GiveTheTokensThatComeWithoutDrafts(string name, string? file)
    {
        using var with = Load(name, file, Most);
        using var without = Load(name, file, 0);
        var requests = Requests(name, with.Decoder).ToArray();
        foreach (var batch in requests.Chunk(60))
        {
            // Beside each other, which changes no bit; drafts are for sequences that are alone.
            var expected = without.Decoder.Start(batch);
            for (var i = 0; i < batch.Length; i++)
            {
                var tokens = await TinyDecoder.ReadAsync(with.Decoder.Start(batch[i]));
                var same = await TinyDecoder.ReadAsync(expected[i]);
                Assert.True(same.Select(Told).SequenceEqual(tokens.Select(Told)), $"behind {string.Join(' ', batch[i].Prompt)}: {Told(same)}\n{Told(tokens)}");
            }
        }

        Assert.True(with.Total("generation.draft.tokens") > 0);
        Assert.Equal(0, without.Total("generation.draft.tokens"));
        var (steps, most) = (with.Records("generation.step.rows"), without.Total("generation.step.rows"));
        // Where activations are rounded, many choices are too close.
        if (file is "model_int8.onnx" or "model_nb8.onnx") Assert.InRange(with.Total("generation.draft.repeated_tokens"), 1, most / 4);
        else Assert.InRange(steps, 0, most * 0.9);
        Assert.Equal(without.Total("generation.tokens"), with.Total("generation.tokens"));
    }

    /// <summary>Sequences that come, are left and go beside others: rows move while some hold what drafted runs left.</summary>
    [Theory]
    [InlineData("stories", "model.onnx")]
    [InlineData("chat", "model_int8.onnx")]
    public async Task Start_ManyThatComeAndGo_GiveTheSameTokens(string name, string file)
    {
        using var with = Load(name, file, Most, rows: 3);
        using var without = Load(name, file, 0);
        var requests = Requests(name, with.Decoder).Take(30).ToArray();
        var expected = without.Decoder.Start(requests).Select(s => TinyDecoder.IdsAsync(s).Result).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; i < requests.Length; i++)
            {
                var sequence = with.Decoder.Start(requests[i]);
                if (random.Next(4) > 0)
                {
                    Assert.Equal(expected[i], await TinyDecoder.IdsAsync(sequence));
                    continue;
                }

                for (var left = random.Next(20); left > 0 && await sequence.Tokens.WaitToReadAsync(); left--)
                    if (sequence.Tokens.TryRead(out var token)) Assert.Contains(token.Token!.Value.Id, expected[i]);
                sequence.Cancel();
            }
        })));

        await with.IdleAsync();
        Assert.True(with.Total("generation.draft.tokens") > 0);
        Assert.Equal(0, with.Total("generation.active_rows"));
    }

    /// <summary>Graphs of other layouts go back as well; one whose runs give a single row of logits cannot.</summary>
    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    [InlineData("tiny-decoder-half")]
    [InlineData("tiny-decoder-q4")]
    [InlineData("tiny-decoder-nb8")]
    public async Task Start_SmallGraphs_ContinueAsTheReference(string name)
    {
        using var decoder = TinyDecoder.Load(name, new DecoderOptions { DraftTokens = 4 });
        foreach (var (prompt, expected) in TinyDecoder.Expected(name))
            Assert.Equal(expected, await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, expected.Length))));
    }

    private static string Told(List<GeneratedToken> tokens) => string.Join(' ', tokens.Select(t => t.Token!.Value.Id));

    private static (int, FinishReason?, bool) Told(GeneratedToken token) => (token.Token!.Value.Id, token.Finish, token.IsEnd);

    /// <summary>Texts that say things twice, and ids at random, some of them repeated.</summary>
    private static IEnumerable<DecoderRequest> Requests(string name, Decoder decoder)
    {
        var tokenizer = name == "stories-plain" ? null : TokenizerLoader.Load(Path.Combine(RepositoryPaths.Models, name, "1"));
        for (var i = 0; i < Prompts; i++)
        {
            var random = new Random(i);
            int[] prompt = tokenizer is not null && i % 4 > 0 ? tokenizer.Encode(Texts[random.Next(Texts.Length)]).Ids[random.Next(3)..] : Draw(random);
            var most = Math.Min(random.Next(1, 80), decoder.Window - prompt.Length);
            yield return TinyDecoder.Greedy(prompt, most) with { EndTokens = i % 2 == 0 ? [2] : [random.Next(decoder.VocabularySize), random.Next(30)] };
        }

        int[] Draw(Random random)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(2, Math.Min(130, decoder.VocabularySize)))];
            return random.Next(2) == 0 ? ids : [.. ids, .. ids];
        }
    }

    private static TinyDecoder Load(string name, string? file, int drafts, int rows = 0)
        => TinyDecoder.LoadGraph(
            file is null ? Directory.GetFiles(SmallModels.Folder(name), "*.onnx").Single() : Path.Combine(RepositoryPaths.Models, name, "1", file),
            window: 256,
            new DecoderOptions { DraftTokens = drafts, Rows = rows });
}
