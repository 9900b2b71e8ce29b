using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class SessionTests
{
    [Fact]
    public void Metadata_OfInputsAndOutputs_NamesTypesAndDimensions()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"));
        Assert.Equal(["x"], session.InputNames);
        Assert.Equal(["y"], session.OutputNames);
        var input = session.InputMetadata["x"];
        Assert.Equal([-1, -1, 16], input.Dimensions);
        Assert.Equal(["batch", "tokens", ""], input.SymbolicDimensions);
        Assert.Equal(typeof(float), input.ElementType);
        Assert.Equal(TensorElementType.Float, input.ElementDataType);
        Assert.Equal(OnnxValueType.ONNX_TYPE_TENSOR, input.OnnxValueType);
        Assert.True(input.IsTensor);
        Assert.Equal([-1, -1, 8], session.OutputMetadata["y"].Dimensions);
    }

    [Fact]
    public void ModelMetadata_IsWhatTheModelSays()
    {
        using var session = new InferenceSession(File.ReadAllBytes(EngineFixture.Model("add")));
        var metadata = session.ModelMetadata;
        Assert.Equal("fixtures", metadata.ProducerName);
        Assert.Equal("add", metadata.GraphName);
        Assert.Equal("adds", metadata.GraphDescription);
        Assert.Equal("test.domain", metadata.Domain);
        Assert.Equal("a sum", metadata.Description);
        Assert.Equal(7, metadata.Version);
        Assert.Equal(new Dictionary<string, string> { ["labels"] = "négatif,positif", ["empty"] = "" }, metadata.CustomMetadataMap);
    }

    [Fact]
    public void Run_WithAndWithoutAnOverridableInitializer_UsesOrReplacesItsDefault()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        Assert.Equal(["x"], session.InputNames);
        Assert.Equal(["y"], session.OverridableInitializerMetadata.Keys);
        using var x = OrtValue.CreateTensorValueFromMemory([1f, 2, 3, 4, 5, 6], [2, 3]);
        using var y = OrtValue.CreateTensorValueFromMemory([100f, 100, 100], [3]);
        using var options = new RunOptions();
        using var byDefault = session.Run(options, ["x"], [x], ["sum"]);
        Assert.Equal([11f, 22, 33, 14, 25, 36], byDefault[0].GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal([2L, 3], byDefault[0].GetTensorTypeAndShape().Shape);
        using var replaced = session.Run(options, new Dictionary<string, OrtValue> { ["y"] = y, ["x"] = x }, session.OutputNames);
        Assert.Equal([101f, 102, 103, 104, 105, 106], replaced.Single().GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public void Run_IntoGivenOutputs_WritesTheirMemory()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        var sum = new float[8];
        using var x = OrtValue.CreateTensorValueFromMemory([1f, 2, 3], [1, 3]);
        using var into = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, sum.AsMemory(2), [1, 3]);
        using var options = new RunOptions();
        session.Run(options, ["x"], [x], ["sum"], [into]);
        Assert.Equal([0f, 0, 11, 22, 33, 0, 0, 0], sum);
        session.Run(null, new List<string> { "x" }, new HashSet<OrtValue> { into }, ["sum"], [into]);
        Assert.Equal([0f, 0, 21, 42, 63, 0, 0, 0], sum);
    }

    [Fact]
    public void Run_OverAPointerAtAnOffset_ReadsAndWritesThere()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        var pool = Marshal.AllocHGlobal(48);
        try
        {
            Marshal.Copy((float[])[-1, -1, -1, 1, 2, 3, -1, -1, -1, -1, -1, -1], 0, pool, 12);
            using var second = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [1, 3], pool + 12, 12);
            using var third = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [1, 3], pool + 24, 24);
            using var options = new RunOptions();
            session.Run(options, ["x"], [second], ["sum"], [third]);
            var all = new float[12];
            Marshal.Copy(pool, all, 0, 12);
            Assert.Equal([-1f, -1, -1, 1, 2, 3, 11, 22, 33, -1, -1, -1], all);
        }
        finally
        {
            Marshal.FreeHGlobal(pool);
        }
    }

    [Fact]
    public void CreateAllocatedTensorValue_IsWritableAndUsable()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        using var x = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [2, 3]);
        x.GetTensorMutableDataAsSpan<float>().Fill(0.5f);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["sum"]);
        Assert.Equal([10.5f, 20.5f, 30.5f, 10.5f, 20.5f, 30.5f], results[0].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public async Task Run_ConcurrentlyOnOneSession_AnswersAsAlone()
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(EngineFixture.Model("dense"), settings);
        var inputs = Enumerable.Range(0, 8).Select(seed => Noise(seed, 2 * 5 * 16)).ToArray();
        var alone = inputs.Select(i => Dense(session, i)).ToArray();
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, (i, _) =>
        {
            Assert.Equal(alone[i % 8], Dense(session, inputs[i % 8]));
            return ValueTask.CompletedTask;
        });
        Assert.NotEqual(alone[0], alone[1]);
    }

    [Fact]
    public void Run_WithASequenceResult_SaysItIsNoTensor()
    {
        using var session = new InferenceSession(EngineFixture.Model("sequence"));
        Assert.False(session.OutputMetadata["y"].IsTensor);
        using var x = OrtValue.CreateTensorValueFromMemory([1f], [1]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x"], [x], ["y"]);
        Assert.Equal(OnnxValueType.ONNX_TYPE_SEQUENCE, results[0].OnnxType);
        ElementTypeTests.AssertRefused("InvalidArgument", () => results[0].GetTensorTypeAndShape());
    }

    internal static float[] Noise(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static float[] Dense(InferenceSession session, float[] input)
    {
        using var x = OrtValue.CreateTensorValueFromMemory(input, [2, 5, 16]);
        using var options = new RunOptions();
        using var results = session.Run(options, session.InputNames, [x], session.OutputNames);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
