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
