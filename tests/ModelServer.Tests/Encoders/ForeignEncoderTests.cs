using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Embed;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Scheduling;
using ModelServer.Tests.Check;
using ModelServer.Tests.Decoders;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Encoders;

/// <summary>Graphs made by others, from the larger fixtures beside the repository: each serves with its reference numbers, or is refused with the reason.</summary>
public sealed class ForeignEncoderTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    /// <summary>Torch encoders whose attention goes across the batch: the numbers are those of a sequence alone, whatever waits beside it.</summary>
    [DecoderTheory("onnx-fixtures/vespa-bert-dummy/model.onnx")]
    [InlineData("vespa-bert-dummy")]
    [InlineData("vespa-bert-dummy-no-type-ids")]
    public async Task Load_AttentionAcrossTheBatch_GivesTheReferenceOfEachSequenceAlone(string name)
    {
        var folder = Folder(name);
        var factory = host.Services.GetRequiredService<ModelFactory>();
        using var model = Assert.IsType<EmbeddingModel>(factory.Load(new ModelFolder(_models.Path, Path.GetFileName(Path.GetDirectoryName(folder))!, "1"), CancellationToken.None));
        var cases = Cases(name, "model").Where(c => Longs(c, "input_ids", "dims")[0] == 1).ToArray();
        var sequences = Array.ConvertAll(cases, c => new EncoderSequence(Ints(c, "input_ids"), c.GetProperty("inputs").TryGetProperty("token_type_ids", out _) ? Ints(c, "token_type_ids") : new int[Ints(c, "input_ids").Length], QueueLane.Server));

        model.Engine.Queue.Add(sequences);

        Assert.True(cases.Length > 3, $"{cases.Length}");
        for (var i = 0; i < cases.Length; i++)
        {
            var expected = cases[i].GetProperty("outputs").GetProperty("output_0").Floats("data");
            Assert.DoesNotContain(0, Ints(cases[i], "attention_mask"));
            JsonReading.AssertClose(Mean(expected, sequences[i].Ids.Length), await sequences[i].Completion, 1e-5);
        }

        Assert.Contains("its sequences run one at a time", Assert.Single(model.Source.Warnings), StringComparison.Ordinal);
    }

    [DecoderTheory("onnx-fixtures/vespa-mock-embedder/model.onnx")]
    [InlineData("vespa-mock-embedder", "The graph takes 'input_ids' as float; it must be int64 or int32.")]
    public void Run_GraphThatIsFedOtherwise_IsRefusedByName(string name, string reason)
    {
        var report = host.Run(Folder(name));

        Assert.Equal((false, reason), (report.IsServed, report.Reason));
    }

    /// <summary>The folder of the fixture, with what it came without.</summary>
    private string Folder(string name)
    {
        var folder = _models.CopySmall("tiny-tokenizer", name);
        File.Copy(DecoderFactAttribute.Find("onnx-fixtures/vespa-bert-dummy/tokenizer.json")!, Path.Combine(folder, "tokenizer.json"), overwrite: true);
        File.Copy(DecoderFactAttribute.Find($"onnx-fixtures/{name}/model.onnx")!, Path.Combine(folder, "model.onnx"));
        _models.Write($"{name}/1/config.json", """{"architectures":["BertModel"],"vocab_size":20,"max_position_embeddings":64}""");
        _models.Write($"{name}/1/serving.json", """{"pooling":"mean"}""");
        return folder;
    }

    private static float[] Mean(float[] values, int tokens)
        => [.. Enumerable.Range(0, values.Length / tokens).Select(d => Enumerable.Range(0, tokens).Average(t => values[(t * (values.Length / tokens)) + d]))];

    private static JsonElement[] Cases(string name, string graph)
        => [.. JsonDocument.Parse(File.ReadAllText(DecoderFactAttribute.Find($"onnx-fixtures/{name}/{graph}.reference.json")!)).RootElement.GetProperty("cases").EnumerateArray()];

    private static int[] Ints(JsonElement @case, string input) => [.. Longs(@case, input, "data").Select(i => (int)i)];

    private static long[] Longs(JsonElement @case, string input, string what) => [.. @case.GetProperty("inputs").GetProperty(input).GetProperty(what).EnumerateArray().Select(e => e.GetInt64())];
}
