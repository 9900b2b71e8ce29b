using Microsoft.ML.OnnxRuntime;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class OrtEnvTests(EngineFixture engine)
{
    [Fact]
    public void CreateInstanceWithOptions_BeforeAnyUse_MakesTheSingleton()
    {
        Assert.False(engine.WasCreatedBefore);
        Assert.True(OrtEnv.IsCreated);
        Assert.Same(engine.Env, OrtEnv.Instance());
    }

    [Fact]
    public void CreateInstanceWithOptions_WhenCreatedAlready_Throws()
    {
        var options = new EnvironmentCreationOptions { logId = "late" };
        var error = Assert.Throws<OnnxRuntimeException>(() => OrtEnv.CreateInstanceWithOptions(ref options));
        Assert.StartsWith("[ErrorCode:RuntimeException] ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetVersionString_IsThatOfTheEngine() => Assert.Equal("1.30.0", engine.Env.GetVersionString());

    [Fact]
    public void GetAvailableProviders_EndsWithTheCpu() => Assert.Equal("CPUExecutionProvider", engine.Env.GetAvailableProviders()[^1]);

    [Fact]
    public void EnvLogLevel_WhenSet_IsRead()
    {
        Assert.Equal(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, engine.Env.EnvLogLevel);
        engine.Env.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        Assert.Equal(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, engine.Env.EnvLogLevel);
        engine.Env.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;
    }

    [Fact]
    public void LoggingFunction_OnAFailedRun_ReceivesTheMessageAndStandardErrorNothing()
    {
        using var session = new InferenceSession(EngineFixture.Model("reshape"));
        using var x = OrtValue.CreateTensorValueFromMemory(new float[6], [6]);
        using var shape = OrtValue.CreateTensorValueFromMemory(new long[] { 4, 4 }, [2]);
        using var options = new RunOptions();
        var before = EngineFixture.Log.Count;
        var printed = StandardError.During(() => Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x", "shape"], [x, shape], ["y"])));
        var line = Assert.Single(EngineFixture.Log.Skip(before), l => l.Severity == OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        Assert.Equal(42, line.Param);
        Assert.Contains("Reshape", line.Message, StringComparison.Ordinal);
        Assert.Contains(".cc:", line.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("Reshape", printed, StringComparison.Ordinal);
    }
}
