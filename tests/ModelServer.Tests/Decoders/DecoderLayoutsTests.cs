using System.Text.Json;
using ModelServer.Decoders;
using ModelServer.ModelFiles;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Decoders;

/// <summary>The layouts that exporters give one decoder, made by <c>fixtures/make_layouts.py</c>: all continue prompts as numpy does with the same weights.</summary>
public class DecoderLayoutsTests
{
    private const int Together = (int)CacheLayout.Concatenated, Apart = (int)CacheLayout.Apart;
    private static readonly string Folder = Path.GetFullPath(Path.Combine(SmallModels.Root, "..", "layouts"));

    /// <summary>Each with the layout of cache that it must be found to have.</summary>
    public static TheoryData<string, int> Layouts { get; } = new()
    {
        { "merged", Together },
        { "merged-counting", Apart },
        { "merged-one-token", Apart },
        { "stacked", Apart },
        { "stacked-bare", Apart },
        { "stacked-merged", Apart },
        { "counting", Apart },
        { "counting-mask", Together },
        { "table", Apart },
        { "named", Together },
        { "present-values", Together },
    };

    public static TheoryData<string> Names { get; } = [.. Layouts.Select(row => (string)row[0])];

    private static (int[] Prompt, int[] Ids)[] Expected { get; } =
    [
        .. JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json"))).RootElement.EnumerateArray()
            .Select(e => (Ints(e.GetProperty("prompt")), Ints(e.GetProperty("ids")))),
    ];

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Make_Layout_IsFoundByRunningIt(string name, int layout)
    {
        using var model = Open(name);

        CacheChoice.Make(model, TinyDecoder.Window, chunk: 32);

        Assert.Equal((CacheLayout)layout, model.Graph.Layout);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Start_OneAfterTheOther_GivesTheReferenceContinuations(string name)
    {
        using var decoder = Load(name, new DecoderOptions { PrefillTokens = 4 });
        foreach (var (prompt, expected) in Expected)
            Assert.Equal(expected, await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, expected.Length))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Start_ManyThatComeAndGo_GivesEachItsOwnContinuation(string name)
    {
        using var decoder = Load(name, new DecoderOptions { Rows = 5, PrefillTokens = 8 });
        await Task.WhenAll(Enumerable.Range(0, 10).Select(client => Task.Run(() => CallAsync(client))));
        await decoder.IdleAsync();

        async Task CallAsync(int client)
        {
            var random = new Random(client);
            for (var i = 0; i < 8; i++)
            {
                var (prompt, ids) = Expected[random.Next(Expected.Length)];
                var wanted = random.Next(1, ids.Length + 1);
                var generation = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, wanted, $"client {client % 3}"));
                if (random.Next(3) == 0) generation.Cancel();
                else Assert.Equal(ids[..wanted], await TinyDecoder.IdsAsync(generation));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_AnyLayout_GivesTheLogitsOfThePlainGraph(string name)
    {
        using var plain = Open("present-values");
        using var model = Open(name);
        CacheChoice.Make(model, TinyDecoder.Window, chunk: 32);
        using var expected = new DecoderSession(plain, 3, TinyDecoder.Window, chunk: 32);
        using var session = new DecoderSession(model, 3, TinyDecoder.Window, chunk: 32);
        foreach (var (prompt, ids) in Expected.Where(e => e.Prompt.Length <= 32))
        {
            JsonReading.AssertClose(expected.Read(1, 0, prompt).ToArray(), session.Read(1, 0, prompt).ToArray(), 1e-4);
            JsonReading.AssertClose(expected.Read(1, prompt.Length, ids[..5]).ToArray(), session.Read(1, prompt.Length, ids[..5]).ToArray(), 1e-4);
            // Back to the middle of the prompt.
            JsonReading.AssertClose(expected.Read(1, prompt.Length / 2, ids[..3]).ToArray(), session.Read(1, prompt.Length / 2, ids[..3]).ToArray(), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Copy_FirstTokensOfAnotherRow_GivesTheLogitsOfReadingThem(string name)
    {
        const int Own = 0, Lender = 1, Borrower = 2;
        int[] prompt = [.. Enumerable.Range(0, 24).Select(i => 5 + (i * 13 % 80))];
        using var model = Open(name);
        CacheChoice.Make(model, TinyDecoder.Window, chunk: 32);
        using var session = new DecoderSession(model, rows: 3, TinyDecoder.Window, chunk: 32);
        session.Read(Own, 0, prompt[..9]);
        session.Read(Lender, 0, prompt[..9]);
        session.Read(Lender, 9, [90, 91, 92]);

        session.Copy(Lender, Borrower, 9);
        session.Read(Lender, 0, [.. prompt.Reverse()]);

        Assert.Equal(session.Read(Own, 9, prompt[9..]).ToArray(), session.Read(Borrower, 9, prompt[9..]).ToArray());
        for (var step = 0; step < 6; step++)
            Assert.Equal(session.Read(Own, prompt.Length + step, [7 + step]).ToArray(), session.Read(Borrower, prompt.Length + step, [7 + step]).ToArray());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Start_PromptThatIsScored_GivesTheLogprobsOfThePlainGraph(string name)
    {
        int[] prompt = [.. Enumerable.Range(0, 50).Select(i => 5 + (i * 37 % 130))];
        using var plain = Load("present-values");
        using var decoder = Load(name, new DecoderOptions { Rows = 3, PrefillTokens = 7 });
        var expected = plain.Decoder.Start(Scored(prompt));
        var others = decoder.Decoder.Start([TinyDecoder.Greedy([7], 40), TinyDecoder.Greedy([8], 40)]);
        var scored = decoder.Decoder.Start(Scored(prompt));

        foreach (var sequence in others.Concat([expected, scored])) await TinyDecoder.ReadAsync(sequence);

        Assert.Equal(prompt.Length - 1, scored.PromptScores.Count);
        Assert.All(expected.PromptScores.Zip(scored.PromptScores), pair => Assert.Equal(pair.First.Logprob, pair.Second.Logprob, 2e-3));
    }

    [Fact]
    public void Run_HalfPrecision_GivesNearlyTheLogitsOfThePlainGraph()
    {
        using var plain = Open("present-values");
        using var model = Open("half");
        using var expected = new DecoderSession(plain, 1, TinyDecoder.Window, chunk: 32);
        using var session = new DecoderSession(model, 1, TinyDecoder.Window, chunk: 32);
        foreach (var (prompt, ids) in Expected.Where(e => e.Prompt.Length <= 32))
        {
            JsonReading.AssertClose(expected.Read(0, 0, prompt).ToArray(), session.Read(0, 0, prompt).ToArray(), 0.1);
            JsonReading.AssertClose(expected.Read(0, prompt.Length, ids[..5]).ToArray(), session.Read(0, prompt.Length, ids[..5]).ToArray(), 0.1);
        }
    }

    [Theory]
    [InlineData("stacked")]
    [InlineData("counting")]
    [InlineData("half")]
    public void CacheBytesOf_RowsApart_IsWhatASessionTakes(string name)
    {
        using var model = Open(name);
        using var session = new DecoderSession(model, 3, 40, 20);

        Assert.Equal(CacheLayout.Apart, model.Graph.Layout);
        Assert.Equal(session.CacheBytes, DecoderSession.CacheBytesOf(model.Graph, 3, 40, 20));
    }

    [Fact]
    public async Task Start_NamesThatAFileTells_GivesTheReferenceContinuations()
    {
        using var models = new Tests.Models.TemporaryModels();
        models.Write("m/1/genai_config.json", """
            {
              "model": {
                "type": "llama", "context_length": 64, "vocab_size": 143, "eos_token_id": [3],
                "decoder": {
                  "inputs": { "input_ids": "tokens", "past_key_names": "k_%d", "past_value_names": "v_%d" },
                  "outputs": { "logits": "scores", "present_key_names": "new_k_%d", "present_value_names": "new_v_%d" }
                }
              }
            }
            """);
        var told = GenAiConfig.Read(new ModelFolder(models.Path, "m", "1"))!;
        using var decoder = TinyDecoder.LoadGraph(Path.Combine(Folder, "told.onnx"), told: told);

        Assert.Equal([3], told.EndTokens!);
        foreach (var (prompt, expected) in Expected)
            Assert.Equal(expected, await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, expected.Length))));
    }

    private static DecoderRequest Scored(int[] prompt)
        => new(prompt, 1, new SamplingOptions { Temperature = 0 }, new QueueLane("tester")) { PromptLogprobs = 2 };

    private static TinyDecoder Load(string name, DecoderOptions? options = null) => TinyDecoder.LoadGraph(Path.Combine(Folder, $"{name}.onnx"), options: options);

    private static DecoderNetwork Open(string name)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        return new DecoderNetwork(Path.Combine(Folder, $"{name}.onnx"), options);
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}
