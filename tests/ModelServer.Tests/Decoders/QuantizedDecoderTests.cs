using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Decoders;
using ModelServer.Tests.Models;
using Testing;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Decoders;

/// <summary>Decoders with weights of 4 and 8 bits are served as any other: what comes of a prompt does not depend on what runs beside it.</summary>
public sealed class QuantizedDecoderTests : IDisposable
{
    /// <summary>Of the largest logit. Activations are rounded to 8 bits in front of every matrix, in two layers.</summary>
    private const float Rounding = 0.02f;

    private readonly TemporaryModels _models = new();

    [Theory]
    [InlineData("q4")]
    [InlineData("nb8")]
    public async Task FewBits_TheVariantOfItsFolder_ContinuesAsTheReference(string variant)
    {
        _models.CopySmall($"tiny-decoder-{variant}", "small");
        await using var host = new ModelServerHost(_models.Path);
        var client = await ReadyAsync(host, "small", variant);
        var cases = TinyDecoder.Expected($"tiny-decoder-{variant}");

        var texts = await Task.WhenAll(cases.Select(c => ContinueAsync(client, new { prompt = c.Prompt, max_tokens = c.Ids.Length, temperature = 0, ignore_eos = true })));

        Assert.Equal(cases.Select(c => OpenAI.TextModels.Text(c.Ids)), texts);
    }

    [Fact]
    public void EightBits_InBlocks_GiveTheLogitsOfTheRoundedWeights()
    {
        using var session = Open(SmallModels.Folder("tiny-decoder-nb8"), "nb8", TinyDecoder.Window);
        foreach (var expected in SmallModels.Expected("tiny-decoder-nb8"))
        {
            var logits = expected.Floats("logits");
            var actual = session.Value.Read(0, 0, [.. expected.GetProperty("prompt").EnumerateArray().Select(i => i.GetInt32())]);

            JsonReading.AssertClose(logits, actual.ToArray(), Rounding * logits.Max(Math.Abs));
        }
    }

    [Theory]
    [InlineData("stories", "int8")]
    [InlineData("stories", "nb8")]
    [InlineData("chat", "int8")]
    [InlineData("chat", "nb8")]
    public async Task EightBits_OfEachShippedModel_AnswerTheGoldenCasesAndTheSameAloneAndBesideOthers(string model, string variant)
    {
        var folder = Folder(model);
        foreach (var name in new[] { $"model_{variant}.onnx", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json" })
            File.Copy(Path.Combine(folder, name), _models.Write($"{model}/1/{name}", ""), overwrite: true);
        var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "serving.json"))).RootElement.GetProperty("golden");
        _models.Write($"{model}/1/serving.json", JsonSerializer.Serialize(new { variant, golden }));
        await using var host = new ModelServerHost(_models.Path);
        var client = await ReadyAsync(host, model, variant);
        object[] requests =
        [
            .. golden.EnumerateArray().Select((g, i) => new { prompt = g.GetProperty("text").GetString(), max_tokens = 16 + i, temperature = i % 2, seed = i }),
        ];
        var alone = new List<string>();
        foreach (var request in requests) alone.Add(await ContinueAsync(client, request));

        Assert.Equal(alone, await Task.WhenAll(requests.Select(r => ContinueAsync(client, r))));
    }

    /// <summary>With one row the engine has another kernel than with several.</summary>
    [Theory]
    [InlineData("stories", "int8")]
    [InlineData("stories", "nb8")]
    [InlineData("chat", "int8")]
    [InlineData("chat", "nb8")]
    public void EightBits_InAnyNumberOfRows_GiveTheSameBits(string model, string variant)
    {
        const int most = 16, tokens = 6;
        using var session = Open(Folder(model), variant, window: 128, most);
        var alone = new List<float[]>();
        for (var row = 0; row < most; row++)
        {
            session.Value.Read(0, 0, Prompt(row));
            alone.AddRange(Decoded(session.Value, [Prompt(row).Length], row));
        }

        for (var rows = 2; rows <= most; rows++)
        {
            for (var row = 0; row < rows; row++) session.Value.Read(row, 0, Prompt(row));
            var together = Decoded(session.Value, [.. Enumerable.Range(0, rows).Select(row => Prompt(row).Length)], 0);

            for (var row = 0; row < rows; row++)
                for (var i = 0; i < tokens; i++) Assert.Equal(alone[(row * tokens) + i], together[(i * rows) + row]);
        }

        static int[] Prompt(int row) => [.. Enumerable.Range(0, 3 + (5 * row)).Select(i => 5 + (i * (row + 7) % 190))];

        // The same tokens follow each prompt, whatever its logits say.
        static List<float[]> Decoded(DecoderSession session, int[] lengths, int first)
        {
            var logits = new List<float[]>();
            for (var i = 0; i < tokens; i++)
            {
                session.Decode([.. lengths.Select(l => l + i)], [.. Enumerable.Range(first, lengths.Length).Select(row => 5 + (row * 13) + i)]);
                for (var row = 0; row < lengths.Length; row++) logits.Add(session.Logits(row).ToArray());
            }

            return logits;
        }
    }

    public void Dispose() => _models.Dispose();

    private static string Folder(string model) => Path.Combine(RepositoryPaths.Models, model, "1");

    private static OpenedSession Open(string folder, string variant, int window, int rows = 1) => new(Path.Combine(folder, $"model_{variant}.onnx"), window, rows);

    private static async Task<HttpClient> ReadyAsync(ModelServerHost host, string model, string variant)
    {
        var client = await host.CreateReadyClientAsync();
        var version = (await client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}")).GetProperty("versions")[0];
        Assert.Equal(("ready", variant), (version.GetProperty("state").GetString(), version.GetProperty("variant").GetString()));
        return client;
    }

    private static async Task<string> ContinueAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync("/v1/completions", body);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices")[0].GetProperty("text").GetString()!;
    }

    /// <summary>A session and what it runs.</summary>
    private sealed class OpenedSession : IDisposable
    {
        private readonly DecoderNetwork _network;

        public OpenedSession(string graph, int window, int rows)
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1 };
            _network = new(graph, options);
            Value = new(_network, rows, window, chunk: window);
        }

        public DecoderSession Value { get; }

        public void Dispose()
        {
            Value.Dispose();
            _network.Dispose();
        }
    }
}
