using Microsoft.ML.OnnxRuntime;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class SessionOptionsTests
{
    [Fact]
    public void Properties_WhenSet_AreReadAndAcceptedByASession()
    {
        using var options = new SessionOptions();
        Assert.Equal(GraphOptimizationLevel.ORT_ENABLE_ALL, options.GraphOptimizationLevel);
        Assert.True(options.EnableCpuMemArena && options.EnableMemoryPattern);
        options.IntraOpNumThreads = 1;
        options.InterOpNumThreads = 1;
        options.ExecutionMode = ExecutionMode.ORT_PARALLEL;
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC;
        options.EnableCpuMemArena = false;
        options.EnableMemoryPattern = false;
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        options.LogVerbosityLevel = 1;
        options.LogId = "a session";
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AppendExecutionProvider_CPU();
        using var session = new InferenceSession(EngineFixture.Model("add"), options);
        Assert.Equal((1, 1, ExecutionMode.ORT_PARALLEL, "a session"), (options.IntraOpNumThreads, options.InterOpNumThreads, options.ExecutionMode, options.LogId));
        Assert.False(options.EnableCpuMemArena || options.EnableMemoryPattern);
    }

    [Fact]
    public void AddFreeDimensionOverrideByName_FixesTheDimension()
    {
        using var options = new SessionOptions();
        options.AddFreeDimensionOverrideByName("tokens", 4);
        using var session = new InferenceSession(EngineFixture.Model("dense"), options);
        Assert.Equal([-1, 4, 16], session.InputMetadata["x"].Dimensions);
    }

    [Fact]
    public void DisablePerSessionThreads_WithGlobalPools_Runs()
    {
        using var options = new SessionOptions();
        options.DisablePerSessionThreads();
        using var session = new InferenceSession(EngineFixture.Model("dense"), options);
        using var x = OrtValue.CreateTensorValueFromMemory(new float[16], [1, 1, 16]);
        using var run = new RunOptions();
        using var results = session.Run(run, ["x"], [x], ["y"]);
        Assert.All(results[0].GetTensorDataAsSpan<float>().ToArray(), p => Assert.Equal(0.125f, p, 1e-6f));
    }

    [Fact]
    public void OptimizedModelFilePath_AndProfiling_WriteFiles()
    {
        var folder = Directory.CreateTempSubdirectory("ort-tests");
        try
        {
            using var options = new SessionOptions { OptimizedModelFilePath = Path.Combine(folder.FullName, "ü.onnx"), ProfileOutputPathPrefix = Path.Combine(folder.FullName, "profile"), EnableProfiling = true };
            using var session = new InferenceSession(EngineFixture.Model("dense"), options);
            Assert.True(session.ProfilingStartTimeNs > 0);
            var profile = session.EndProfiling();
            Assert.StartsWith(options.ProfileOutputPathPrefix, profile, StringComparison.Ordinal);
            Assert.True(File.Exists(profile));
            using var optimized = new InferenceSession(options.OptimizedModelFilePath);
            Assert.Equal(["y"], optimized.OutputNames);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void AppendCuda_WithoutItsLibrary_SaysSo()
    {
        using var options = new SessionOptions();
        var error = Record.Exception(() => options.AppendExecutionProvider_CUDA(0));
        // A machine with CUDA and its package has nothing to say here.
        if (error is null) return;
        Assert.IsType<OnnxRuntimeException>(error);
        Assert.Matches("Failed to load shared library|not enabled in this build", error.Message);
        Assert.Throws<OnnxRuntimeException>(() => SessionOptions.MakeSessionOptionWithCudaProvider(0));
        Assert.Throws<OnnxRuntimeException>(() =>
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string> { ["device_id"] = "0" });
            options.AppendExecutionProvider_CUDA(cuda);
        });
    }

    [Fact]
    public void AppendExecutionProvider_Unknown_IsRefused()
    {
        using var options = new SessionOptions();
        // The engine or, in the official package, the binding itself refuses.
        var error = Record.Exception(() => options.AppendExecutionProvider("Nonsense", new Dictionary<string, string> { ["key"] = "value" }));
        Assert.True(error is OnnxRuntimeException or NotSupportedException, $"{error}");
    }

    [Fact]
    public void RunOptions_WhenSet_AreReadAndAccepted()
    {
        using var options = new RunOptions { LogId = "one run", LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, LogVerbosityLevel = 1 };
        options.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
        using var session = new InferenceSession(EngineFixture.Model("scalar"));
        using var x = OrtValue.CreateTensorValueFromMemory([2f], []);
        using var results = session.Run(options, ["x"], [x], ["y"]);
        Assert.Equal(-2f, results[0].GetTensorDataAsSpan<float>()[0]);
        Assert.Equal(("one run", OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, 1, false), (options.LogId, options.LogSeverityLevel, options.LogVerbosityLevel, options.Terminate));
    }
}
