using System.Text.Json;
using ModelServer.Decoders;
using ModelServer.ModelFiles;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary>Decoders made by others, from the larger fixtures beside the repository.</summary>
public class ForeignDecoderTests
{
    [DecoderFact("trained/tinystories-llama/model.onnx")]
    public async Task Start_TrainedLlama_GivesTheContinuationsThatTorchGives()
    {
        using var decoder = TinyDecoder.LoadGraph(DecoderFactAttribute.Find("trained/tinystories-llama/model.onnx")!, window: 256);
        var cases = JsonDocument.Parse(File.ReadAllText(DecoderFactAttribute.Find("trained/tinystories-llama/torch_reference.json")!)).RootElement.EnumerateArray()
            .Select(c => (Prompt: Ints(c.GetProperty("ids")), Ids: Ints(c.GetProperty("greedy")))).ToArray();

        var generations = Array.ConvertAll(cases, c => decoder.Decoder.Start(TinyDecoder.Greedy(c.Prompt, c.Ids.Length)));

        Assert.NotEmpty(cases);
        for (var i = 0; i < cases.Length; i++) Assert.Equal(cases[i].Ids, await TinyDecoder.IdsAsync(generations[i]));
    }

    [DecoderFact("onnx-fixtures/tiny-random-qwen35/decoder.onnx")]
    public async Task Start_HalfPrecisionGroupQueryAttention_IsTheSameAloneAndBesideOthers()
    {
        using var decoder = TinyDecoder.LoadGraph(DecoderFactAttribute.Find("onnx-fixtures/tiny-random-qwen35/decoder.onnx")!, window: 128, new DecoderOptions { Rows = 8 });
        DecoderRequest[] requests = [.. Enumerable.Range(0, 20).Select(i => TinyDecoder.Greedy([.. Enumerable.Range(1, 1 + (i * 3)).Select(t => t * 37 % 1000)], 20 + i))];
        var alone = new List<int[]>();
        foreach (var request in requests) alone.Add(await TinyDecoder.IdsAsync(decoder.Decoder.Start(request)));

        var beside = await Task.WhenAll(decoder.Decoder.Start(requests).Select(TinyDecoder.IdsAsync));

        Assert.Equal(alone, beside);
    }

    /// <summary>Its own runtime's numbers, prompt by prompt, behind every token. Those of half precision are kept as bits.</summary>
    [DecoderTheory("onnx-fixtures/tiny-random-gpt2/past.onnx")]
    [InlineData("tiny-random-gpt2/past.onnx", "past_0", 3, false, 1e-4)]
    [InlineData("tiny-random-qwen35/decoder.onnx", "past_key_values.0.key", 2, true, 2e-5)]
    public void Run_GraphOfTheModelBuilder_GivesTheReferenceLogits(string file, string past, int axis, bool isHalf, double tolerance)
    {
        float[] Numbers(JsonElement array) => isHalf ? [.. Ints(array).Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits))] : array.Floats();
        var graph = DecoderFactAttribute.Find($"onnx-fixtures/{file}")!;
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions();
        using var model = new DecoderNetwork(graph, options);
        using var session = new DecoderSession(model, rows: 2, window: 128, chunk: 64);
        using var reference = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(graph, "reference.json")));
        var compared = 0;
        foreach (var c in reference.RootElement.GetProperty("cases").EnumerateArray())
        {
            var (inputs, expected) = (c.GetProperty("inputs"), c.GetProperty("outputs").GetProperty("logits"));
            var shape = Ints(inputs.GetProperty("input_ids").GetProperty("dims"));
            if (shape[0] != 1 || Ints(inputs.GetProperty(past).GetProperty("dims"))[axis] != 0) continue;
            var ids = Ints(inputs.GetProperty("input_ids").GetProperty("data"));
            session.Run(new StepPlan([new StepEntry(1, 0, ids.Length, IsSampled: true, IsScored: true)], isPrompt: true), ids);
            for (var token = 0; token < ids.Length; token++)
            {
                var logits = session.Logits(0, token).ToArray();
                compared++;
                if (expected.TryGetProperty("data", out var all))
                {
                    JsonReading.AssertClose(Numbers(all)[(token * logits.Length)..][..logits.Length], logits, tolerance);
                    continue;
                }

                // Of a longer prompt some numbers of each token are kept.
                var row = expected.GetProperty("rows")[token];
                if (!isHalf) Assert.Equal(row.GetProperty("argmax").GetInt32(), Array.IndexOf(logits, logits.Max()));
                JsonReading.AssertClose(Numbers(row.GetProperty("head")), logits[..8], tolerance);
            }
        }

        Assert.True(compared > 10, $"{compared}");
    }

    /// <summary>What ONNX Runtime GenAI 0.18.0 gives of the same folder.</summary>
    [DecoderTheory("onnx-fixtures/tiny-random-gpt2/past.onnx")]
    [InlineData(new[] { 137 }, new[] { 732, 732, 732, 732, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 969, 969, 969, 969, 832, 832, 873, 873, 873, 873 })]
    [InlineData(new[] { 582, 867, 821 }, new[] { 898, 898, 898, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 123, 832, 832, 832, 832 })]
    [InlineData(new[] { 782, 64, 261, 120, 507, 779, 460 }, new[] { 325, 325, 325, 325, 493, 832, 832, 832, 832, 832, 832, 832, 832, 832, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873 })]
    [InlineData(new[] { 483, 667, 388, 807, 214, 96, 499, 29, 914, 855, 399, 443, 622, 780, 785, 2, 712, 456, 272, 738 }, new[] { 738, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873, 873 })]
    public async Task Start_StackedCacheWithItsGenAiConfig_GivesTheTokensOfGenAi(int[] prompt, int[] expected)
    {
        var graph = DecoderFactAttribute.Find("onnx-fixtures/tiny-random-gpt2/past.onnx")!;
        var folder = Path.GetDirectoryName(graph)!;
        var told = GenAiConfig.Read(new ModelFolder(Path.GetDirectoryName(folder)!, ".", Path.GetFileName(folder)))!;
        using var decoder = TinyDecoder.LoadGraph(graph, window: 128, told: told);

        Assert.Equal(expected, await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, expected.Length))));
    }

    [DecoderFact("onnx-fixtures/tiny-random-gpt2/past.onnx")]
    public async Task Start_StackedCacheOfAnAttentionOperator_IsTheSameAloneAndBesideOthers()
    {
        using var decoder = TinyDecoder.LoadGraph(DecoderFactAttribute.Find("onnx-fixtures/tiny-random-gpt2/past.onnx")!, window: 128, new DecoderOptions { Rows = 8 });
        DecoderRequest[] requests = [.. Enumerable.Range(0, 20).Select(i => TinyDecoder.Greedy([.. Enumerable.Range(1, 1 + (i * 3)).Select(t => t * 37 % 1000)], 20 + i))];
        var alone = new List<int[]>();
        foreach (var request in requests) alone.Add(await TinyDecoder.IdsAsync(decoder.Decoder.Start(request)));

        Assert.Equal(alone, await Task.WhenAll(decoder.Decoder.Start(requests).Select(TinyDecoder.IdsAsync)));
    }

    [DecoderTheory("onnx-fixtures/tiny-random-lfm2/decoder.onnx")]
    [InlineData("onnx-fixtures/tiny-random-lfm2/decoder.onnx", "past_")]
    public void Load_OtherCaches_AreRefusedByName(string graph, string reason)
    {
        var refusal = Assert.Throws<ModelLoadException>(() => TinyDecoder.LoadGraph(DecoderFactAttribute.Find(graph)!));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}

/// <summary>A test that needs one of the larger fixtures; skipped where it is absent.</summary>
internal sealed class DecoderFactAttribute : FactAttribute
{
    public DecoderFactAttribute(string file) => Skip = Find(file) is null ? $"There is no fixture {file}." : null;

    public static string? Find(string file) => RepositoryPaths.Fixtures is { } root && Path.Combine(root, file) is var path && File.Exists(path) ? path : null;
}

/// <inheritdoc cref="DecoderFactAttribute"/>
internal sealed class DecoderTheoryAttribute : TheoryAttribute
{
    public DecoderTheoryAttribute(string file) => Skip = DecoderFactAttribute.Find(file) is null ? $"There is no fixture {file}." : null;
}
