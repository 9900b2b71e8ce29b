using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class MemoryTests
{
    // Leaking even the smallest native value, about 200 bytes, 2,000 × 4 times would show as 1.6 MB.
    private const long MaxGrowth = 1_000_000;

    [Fact]
    public void Run_TwoThousandTimes_LeaksNothing()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"), LifetimeTests.OneThread());
        var data = SessionTests.Noise(3, 64 * 16);
        AssertPlateau(2000, () =>
        {
            using var x = OrtValue.CreateTensorValueFromMemory(data, [4, 16, 16]);
            using var y = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [4, 16, 8]);
            using var options = new RunOptions { LogId = "run" };
            using var results = session.Run(options, session.InputNames, [x], session.OutputNames);
            session.Run(options, session.InputNames, [x], session.OutputNames, [y]);
            _ = results[0].GetTensorTypeAndShape();
            using var binding = session.CreateIoBinding();
            binding.BindInput("x", x);
            binding.BindOutputToDevice("y", OrtMemoryInfo.DefaultInstance);
            using var bound = session.RunWithBoundResults(options, binding);
            Assert.Single(binding.GetOutputNames());
        });
    }

    [Fact]
    public void FailedRunsAndSessions_ManyTimes_LeakNothing()
    {
        using var session = new InferenceSession(EngineFixture.Model("reshape"));
        using var x = OrtValue.CreateTensorValueFromMemory(new float[6], [6]);
        using var shape = OrtValue.CreateTensorValueFromMemory(new long[] { 4, 4 }, [2]);
        using var options = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        var model = File.ReadAllBytes(EngineFixture.Model("add"));
        AssertPlateau(300, () =>
        {
            Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x", "shape"], [x, shape], ["y"]));
            using var own = LifetimeTests.OneThread();
            using var other = new InferenceSession(model, own);
            _ = other.ModelMetadata.CustomMetadataMap;
        });
    }

    [Fact]
    public void Run_IntoGivenOutputs_AllocatesHardlyAnything()
    {
        using var session = new InferenceSession(EngineFixture.Model("dense"), LifetimeTests.OneThread());
        using var x = OrtValue.CreateTensorValueFromMemory(new float[16], [1, 1, 16]);
        using var y = OrtValue.CreateTensorValueFromMemory(new float[8], [1, 1, 8]);
        using var options = new RunOptions();
        string[] inputNames = ["x"], outputNames = ["y"];
        OrtValue[] inputs = [x], outputs = [y];
        for (var i = 0; i < 200; i++) session.Run(options, inputNames, inputs, outputNames, outputs);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) session.Run(options, inputNames, inputs, outputNames, outputs);
        // The official package allocates a few arrays a run, the stand-in nothing.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 1024);
    }

    private static void AssertPlateau(int times, Action work)
    {
        for (var i = 0; i < times; i++) work();
        // The best of three windows: what else happens in the process does not count, a leak shows in each.
        var growth = Enumerable.Range(0, 3).Min(_ =>
        {
            var before = Resident();
            for (var i = 0; i < times; i++) work();
            return Resident() - before;
        });
        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }
}
