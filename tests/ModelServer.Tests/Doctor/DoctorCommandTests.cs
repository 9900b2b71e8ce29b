using ModelServer.Doctor;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Doctor;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Look_EngineAsItIsHere_HasItsVersion()
    {
        var report = DoctorCommand.Look(_models.Path);

        Assert.StartsWith("1.", report.EngineVersion, StringComparison.Ordinal);
        Assert.Null(report.EngineError);
        Assert.Empty(report.Models);
    }

    [Fact]
    public void Look_Models_SaysWhichWouldBeRefused()
    {
        _models.CopySmall("tiny-embedding", "good");
        _models.CopySmall("tiny-tokenizer", "tokenizer");
        File.Delete(Path.Combine(_models.CopySmall("tiny-embedding", "no-graph"), "model.onnx"));
        _models.Write("no-graph/1/serving.json", """{"task":"feature-extraction"}""");
        var cut = Path.Combine(_models.CopySmall("tiny-embedding", "cut"), "model.onnx");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..1000]);
        _models.CopySmall("tiny-embedding", "unknown-key");
        _models.Write("unknown-key/1/serving.json", """{"nonsense":1}""");
        _models.Write("misplaced/config.json", "{}");

        var models = DoctorCommand.Look(_models.Path).Models.ToDictionary(m => m.Name);

        Assert.Null(models["good"].Reason);
        Assert.True(models["good"].Bytes > 10_000);
        Assert.Null(models["tokenizer"].Reason);
        Assert.Contains("model.onnx", models["no-graph"].Reason, StringComparison.Ordinal);
        Assert.NotNull(models["cut"].Reason);
        Assert.Contains("nonsense", models["unknown-key"].Reason, StringComparison.Ordinal);
        Assert.Contains("misplaced/1/", models["misplaced"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_NoFolder_FindsNoModels() => Assert.Empty(DoctorCommand.Look(Path.Combine(_models.Path, "absent")).Models);

    [Theory]
    [InlineData]
    [InlineData("doctor")]
    [InlineData("--urls", "x")]
    public void Ran_OtherArguments_AreTheServers(params string[] args) => Assert.False(DoctorCommand.Ran(args));
}
