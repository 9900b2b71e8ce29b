using ModelServer.Models;

namespace ModelServer.Tests.Models;

public sealed class ModelFingerprintTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public ModelFingerprintTests()
    {
        _models.Write("m/1/model.onnx", "graph");
        _models.Write("m/1/config.json", "{}");
    }

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Of_SameContentElsewhere_IsTheSame()
    {
        _models.Write("m/2/model.onnx", "graph");
        _models.Write("m/2/config.json", "{}");

        Assert.Equal(Of("1"), Of("2"));
    }

    [Theory]
    [InlineData("m/1/model.onnx", "other")]
    [InlineData("m/1/config.json", "{ }")]
    [InlineData("m/1/tokenizer.json", "{}")]
    [InlineData("m/1/1_Pooling/config.json", "{}")]
    [InlineData("m/1/model.onnx_data", "weights")]
    [InlineData("m/1/weights.bin", "weights")]
    public void Of_AnyFileChanged_IsAnother(string file, string content)
    {
        var before = Of("1");

        _models.Write(file, content);

        Assert.NotEqual(before, Of("1"));
    }

    [Theory]
    [InlineData("m/1/model_int8.onnx")]
    [InlineData("m/1/onnx/model_fp16.onnx_data")]
    public void Of_AnotherVariantAdded_IsTheSame(string file)
    {
        var before = Of("1");

        _models.Write(file, "x");

        Assert.Equal(before, Of("1"));
    }

    private string Of(string version)
    {
        var folder = new ModelFolder(_models.Path, "m", version);
        return ModelFingerprint.Of(folder, folder.Find("model.onnx")!);
    }
}
