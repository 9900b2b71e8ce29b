using Microsoft.ML.OnnxRuntime;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Tests.Encoders;
using Testing;

namespace ModelServer.Tests.Runtime;

public class SharedWeightsTests
{
    private static readonly int[] Lengths = [1, 2, 7, 16, 33, 64, 100, 200];

    [Theory]
    [InlineData("sentiment", "model.onnx", "logits")]
    [InlineData("sentiment", "model_int8.onnx", "logits")]
    [InlineData("embedding", "model.onnx", "last_hidden_state")]
    [InlineData("embedding", "model_int8.onnx", "last_hidden_state")]
    public void Sessions_OverThem_AnswerBitForBitAsOneWithItsOwn(string model, string file, string output)
    {
        var graph = Path.Combine(RepositoryPaths.Models, model, "1", file);
        using var own = Open(graph, output);
        using var weights = SharedWeights.Read(graph)!;
        using var session = Open(graph, output, weights);
        using var lone = Open(graph, output, weights, isLone: true);

        // Whoever still read what is freed would answer otherwise before.
        weights.Spoil();
        AssertAlike(own, session, lone);
        weights.Release();
        AssertAlike(own, session, lone);
    }

    /// <summary>Where the engine makes no copies, spoiling what they would have been made from shows.</summary>
    [Fact]
    public void Spoil_WithoutCopies_ChangesTheAnswers()
    {
        using var weights = SharedWeights.Read(LoneParts.Sentiment)!;
        using var options = TinyEncoder.Cpu.CreateSessionOptions();
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        weights.AddTo(options);
        using var session = new InferenceSession(LoneParts.Sentiment, options, weights.Packed);
        var before = Run(session);

        weights.Spoil();

        Assert.NotEqual(before, Run(session));
    }

    [Theory]
    [InlineData("tiny-embedding-half")]
    [InlineData("tiny-multilabel")]
    public void Read_GraphWithoutLargeMatricesOfKnownTypes_IsNull(string small) => Assert.Null(SharedWeights.Read(Path.Combine(SmallModels.Folder(small), "model.onnx")));

    private static float[] Run(InferenceSession session)
    {
        using var ones = OrtValue.CreateTensorValueFromMemory([1L, 1, 1, 1], [1, 4]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, session.InputNames, [.. session.InputNames.Select(_ => ones)], ["logits"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static void AssertAlike(EncoderSession expected, params EncoderSession[] sessions)
    {
        foreach (var session in sessions)
        {
            using var buffers = expected.CreateBuffers();
            using var others = session.CreateBuffers();
            foreach (var length in Lengths)
            {
                using var batch = TinyEncoder.Batch(length, 3, length);
                Assert.Equal(expected.Run(batch, buffers), session.Run(batch, others));
            }
        }
    }

    private static EncoderSession Open(string graph, string output, SharedWeights? weights = null, bool isLone = false)
        => new(graph, LoneParts.TwoThreads, [new OutputChoice([output], 2, 3)], 0, RowReaders.Copy, weights: weights, isLone: isLone);
}
