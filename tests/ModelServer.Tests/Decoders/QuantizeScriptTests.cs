using Microsoft.ML.OnnxRuntime;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary>What <c>quantize.py</c> makes of graphs in fp32.</summary>
public sealed class QuantizeScriptTests : IDisposable
{
    private static readonly string Fixtures = Path.GetFullPath(Path.Combine(SmallModels.Root, ".."));
    private readonly TemporaryModels _models = new();

    private string Out => Path.Combine(_models.Path, "made.onnx");

    public void Dispose() => _models.Dispose();

    [OnnxTheory]
    [InlineData("int8")]
    [InlineData("nb8")]
    public void Run_ShippedGenerators_GivesTheShippedGraphs(string format)
    {
        foreach (var model in new[] { "stories", "chat" })
        {
            var folder = Path.Combine(RepositoryPaths.Models, model, "1");
            Make(Path.Combine(folder, "model.onnx"), "--format", format);

            Assert.True(File.ReadAllBytes(Path.Combine(folder, $"model_{format}.onnx")).AsSpan().SequenceEqual(File.ReadAllBytes(Out)), model);
        }
    }

    [OnnxFact]
    public void Run_WithoutAnOutput_WritesBesideTheModel()
    {
        var folder = _models.CopySmall("tiny-decoder-shared", "small");

        var (code, error) = QuantizeScript.Run(Path.Combine(folder, "model.onnx"), "--format", "nb8", "--block", "32");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(File.ReadAllBytes(Path.Combine(SmallModels.Folder("tiny-decoder-nb8"), "model_nb8.onnx")), File.ReadAllBytes(Path.Combine(folder, "model_nb8.onnx")));
    }

    /// <summary>The last block of inputs is not full (70), or none is (32 and 24); a weight may be turned and have a bias, and narrow ones stay.</summary>
    [OnnxTheory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    public void Run_LayersOfAllKinds_GiveNearlyTheSame(int block)
    {
        var source = Path.Combine(Fixtures, "engine", "layers.onnx");
        Make(source, "--format", "nb8", "--block", $"{block}");

        Assert.Equal(["com.microsoft.MatMulNBits", "Relu", "com.microsoft.MatMulNBits", "Add", "Gemm"], GraphNodes.Read(Out).Select(n => n.Operator));
        var (expected, actual) = (Answer(source), Answer(Out));
        JsonReading.AssertClose(expected, actual, 0.02 * expected.Max(Math.Abs));
        Assert.NotEqual(expected, actual);
    }

    [OnnxTheory]
    [InlineData("dense.onnx", 1, "has no linear layer (MatMul) with a constant weight in fp32.", "--format", "nb8")]
    [InlineData("missing.onnx", 1, "missing.onnx")]
    [InlineData("layers.onnx", 2, "--block is for --format nb8.", "--block", "64")]
    [InlineData("layers.onnx", 2, "invalid choice: 48", "--format", "nb8", "--block", "48")]
    public void Run_WhatCannotBe_SaysWhyAndWritesNothing(string graph, int code, string reason, params string[] arguments)
    {
        var (actual, error) = QuantizeScript.Run([Path.Combine(Fixtures, "engine", graph), "--out", Out, .. arguments]);

        Assert.Equal(code, actual);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Out));
    }

    /// <summary>Rounding in blocks of 128 makes of a last bit other logits for the first sequence that is tried with <c>chat</c>, on some processors.</summary>
    [OnnxTheory]
    [InlineData("stories", 32)]
    [InlineData("stories", 128)]
    [InlineData("chat", 32)]
    [InlineData("chat", 128)]
    public async Task Run_BlocksOfAnySize_AreServed(string model, int block)
    {
        Make(Path.Combine(RepositoryPaths.Models, model, "1", "model.onnx"), "--format", "nb8", "--block", $"{block}");
        using var decoder = TinyDecoder.LoadGraph(Out, window: 64);

        Assert.Equal(8, (await TinyDecoder.IdsAsync(decoder.Decoder.Start(TinyDecoder.Greedy([5, 6, 7], 8)))).Length);
    }

    private void Make(string source, params string[] arguments) => Assert.Equal((0, ""), QuantizeScript.Run([source, "--out", Out, .. arguments]));

    private static float[] Answer(string graph)
    {
        const int inputs = 70;
        using var session = new InferenceSession(graph);
        float[] x = [.. Enumerable.Range(0, inputs).Select(i => MathF.Sin(i))];
        using var value = OrtValue.CreateTensorValueFromMemory(x, [1, inputs]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["x"], [value], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
