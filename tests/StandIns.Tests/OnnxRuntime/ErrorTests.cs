using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class ErrorTests
{
    [Fact]
    public void Session_OfAMissingFile_NamesIt()
    {
        var error = Assert.Throws<OnnxRuntimeException>(() => new InferenceSession("/nowhere/model.onnx"));
        Assert.StartsWith("[ErrorCode:NoSuchFile] ", error.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/model.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Session_OfGarbage_IsRefused() => ElementTypeTests.AssertRefused("InvalidProtobuf", () => new InferenceSession(new byte[] { 1, 2, 3 }));

    [Fact]
    public void Run_WithAnUnknownInputOrOutputName_NamesIt()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"));
        using var x = OrtValue.CreateTensorValueFromMemory(new float[16], [1, 1, 16]);
        using var options = new RunOptions();
        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["z"], [x], ["y"]));
        Assert.Equal("[ErrorCode:InvalidArgument] Input name: 'z' is not in the metadata", error.Message);
        error = Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["q"]));
        Assert.Equal("[ErrorCode:InvalidArgument] Output name: 'q' is not in the metadata", error.Message);
    }

    [Fact]
    public void Run_WithoutARequiredInput_IsRefused()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"));
        using var options = new RunOptions();
        Assert.Throws<OnnxRuntimeException>(() => session.Run(options, [], new List<OrtValue>(), ["y"]));
    }

    [Fact]
    public void Run_WithAWrongRankSizeOrType_SaysWhatWasExpected()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"));
        using var options = new RunOptions();
        using var rank = OrtValue.CreateTensorValueFromMemory(new float[16], [1, 16]);
        using var size = OrtValue.CreateTensorValueFromMemory(new float[15], [1, 1, 15]);
        using var type = OrtValue.CreateTensorValueFromMemory(new double[16], [1, 1, 16]);
        Assert.Contains("Invalid rank for input: x Got: 2 Expected: 3", Refusal(rank), StringComparison.Ordinal);
        Assert.Contains("index: 2 Got: 15 Expected: 16", Refusal(size), StringComparison.Ordinal);
        Assert.Contains("Actual: (tensor(double)) , expected: (tensor(float))", Refusal(type), StringComparison.Ordinal);

        string Refusal(OrtValue x)
        {
            var error = Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["y"]));
            Assert.StartsWith("[ErrorCode:InvalidArgument] ", error.Message, StringComparison.Ordinal);
            return error.Message;
        }
    }

    [Fact]
    public void Run_WithCountsThatDiffer_IsAnArgumentError()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"));
        using var x = OrtValue.CreateTensorValueFromMemory(new float[16], [1, 1, 16]);
        using var options = new RunOptions();
        Assert.Throws<ArgumentException>(() => session.Run(options, ["x", "x"], [x], ["y"]));
        Assert.Throws<ArgumentException>(() => session.Run(options, ["x"], [x], ["y"], new List<OrtValue>()));
    }

    [Fact]
    public void Run_ThatFailsInAnOperator_NamesIt()
    {
        using var session = new InferenceSession(EngineFixture.Model("reshape"));
        using var x = OrtValue.CreateTensorValueFromMemory(new float[6], [6]);
        using var bad = OrtValue.CreateTensorValueFromMemory(new long[] { 4, 4 }, [2]);
        using var good = OrtValue.CreateTensorValueFromMemory(new long[] { 2, -1 }, [2]);
        using var options = new RunOptions();
        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x", "shape"], [x, bad], ["y"]));
        Assert.StartsWith("[ErrorCode:Fail] Non-zero status code returned while running Reshape node", error.Message, StringComparison.Ordinal);
        using var afterwards = session.Run(options, ["x", "shape"], [x, good], ["y"]);
        Assert.Equal([2L, 3], afterwards[0].GetTensorTypeAndShape().Shape);
    }

    [Fact]
    public void Run_IntoAnOutputOfAWrongShape_IsRefused()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"));
        using var x = OrtValue.CreateTensorValueFromMemory(new float[16], [1, 1, 16]);
        using var y = OrtValue.CreateTensorValueFromMemory(new float[8], [1, 2, 4]);
        using var options = new RunOptions();
        Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["y"], [y]));
    }

    [Fact]
    public void CreateTensorValue_WithTooLittleMemory_IsRefused()
    {
        ElementTypeTests.AssertRefused("InvalidArgument", () => OrtValue.CreateTensorValueFromMemory(new float[5], [2, 3]));
        ElementTypeTests.AssertRefused("InvalidArgument", () => OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Int64, [2], 1, 15));
        ElementTypeTests.AssertRefused("InvalidArgument", () => OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.String, [2], 1, 16));
        ElementTypeTests.AssertRefused("InvalidArgument", () => OrtValue.CreateTensorValueFromMemory(new char[2], [2]));
    }
}
