using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.Runtime;
using Testing;

namespace ModelServer.Tests.Runtime;

/// <summary>What this server relies on in the engine's runs.</summary>
public class EngineRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Terminate_FromAnotherThread_EndsTheRunUnderWay()
    {
        using var session = EngineGraphs.Open("slow");
        using var lease = new RunLease();
        using var count = OrtValue.CreateTensorValueFromMemory([50_000_000L], []);
        using var x = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(0.5f, 128 * 128).ToArray(), [128, 128]);
        var run = Task.Factory.StartNew(() => lease.Run(session, ["count", "x"], [count, x], ["y"]), TaskCreationOptions.LongRunning);
        // The engine does not tell that a run has begun, and its time is real: too short a wait would only end the run at its start.
        await Task.Delay(100);
        Assert.False(run.IsCompleted);

        lease.Terminate();

        var error = await Assert.ThrowsAsync<OnnxRuntimeException>(() => run.WaitAsync(Patience));
        Assert.Contains("terminate flag", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_OfTheLeaseDuringARun_LetsTheRunEnd()
    {
        using var session = EngineGraphs.Open("slow");
        using var count = OrtValue.CreateTensorValueFromMemory([3_000L], []);
        using var x = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(0.5f, 128 * 128).ToArray(), [128, 128]);
        var lease = new RunLease();
        var run = Task.Factory.StartNew(() => lease.Run(session, ["count", "x"], [count, x], ["y"]), TaskCreationOptions.LongRunning);
        // Some moment of the run, or one before it; as above.
        await Task.Delay(5);

        lease.Dispose();
        lease.Terminate();

        try
        {
            (await run.WaitAsync(Patience)).Dispose();
        }
        catch (ObjectDisposedException)
        {
            // The run had not begun.
        }
    }

    [Fact]
    public void RunWithBinding_InputsWrittenAfterwards_ReadsThemInPlace()
    {
        using var session = EngineGraphs.Open("add");
        float[] memory = GC.AllocateArray<float>(3, pinned: true), sum = GC.AllocateArray<float>(3, pinned: true);
        using var x = OrtValue.CreateTensorValueFromMemory(memory, [1, 3]);
        using var y = OrtValue.CreateTensorValueFromMemory(sum, [1, 3]);
        using var binding = session.CreateIoBinding();
        binding.BindInput("x", x);
        binding.BindOutput("sum", y);
        using var lease = new RunLease();
        for (var i = 0; i < 3; i++)
        {
            memory.AsSpan().Fill(i);
            lease.Run(session, binding);

            Assert.Equal([10f + i, 20 + i, 30 + i], sum);
        }
    }

    [Fact]
    public void Run_OverAnOffsetIntoLargerMemory_ReadsAndWritesThereAlone()
    {
        using var session = EngineGraphs.Open("add");
        using var memory = new NativeBuffer(12 * sizeof(float));
        memory.Span<float>(0, 12).Fill(-1);
        ReadOnlySpan<float> input = [1, 2, 3];
        input.CopyTo(memory.Span<float>(12, 3));
        // Both reach beyond their shape, to the end of the memory.
        using var x = memory.Tensor(TensorElementType.Float, 12, 1, 3);
        using var sum = memory.Tensor(TensorElementType.Float, 24, 1, 3);
        using var options = new RunOptions();

        session.Run(options, ["x"], [x], ["sum"], [sum]);

        Assert.Equal([-1f, -1, -1, 1, 2, 3, 11, 22, 33, -1, -1, -1], memory.Span<float>(0, 12).ToArray());
    }

    [Fact]
    public void Tensor_OverLessMemoryThanItsShape_IsRefused()
    {
        using var memory = new NativeBuffer(5 * sizeof(float));

        Assert.Throws<OnnxRuntimeException>(() => memory.Tensor(TensorElementType.Float, 0, 2, 3));
    }

    [Fact]
    public void Run_IntoAnOutputOfAnotherShape_IsRefused()
    {
        using var session = EngineGraphs.Open("dense");
        using var x = OrtValue.CreateTensorValueFromMemory(new float[16], [1, 1, 16]);
        using var y = OrtValue.CreateTensorValueFromMemory(new float[8], [1, 2, 4]);
        using var options = new RunOptions();

        Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["y"], [y]));
    }

    [Fact]
    public void Run_WithAWrongRankSizeOrType_SaysWhatWasExpected()
    {
        using var session = EngineGraphs.Open("dense");
        using var options = new RunOptions();
        Assert.Contains("Invalid rank for input: x Got: 2 Expected: 3", Refusal(OrtValue.CreateTensorValueFromMemory(new float[16], [1, 16])), StringComparison.Ordinal);
        Assert.Contains("index: 2 Got: 15 Expected: 16", Refusal(OrtValue.CreateTensorValueFromMemory(new float[15], [1, 1, 15])), StringComparison.Ordinal);
        Assert.Contains("expected: (tensor(float))", Refusal(OrtValue.CreateTensorValueFromMemory(new double[16], [1, 1, 16])), StringComparison.Ordinal);

        string Refusal(OrtValue x)
        {
            using (x) return Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x"], [x], ["y"])).Message;
        }
    }

    [Fact]
    public void Run_InHalfPrecision_HasTheBitsOfDotNet()
    {
        using var session = EngineGraphs.Open("half");
        using var memory = new NativeBuffer(3 * sizeof(short));
        ReadOnlySpan<Half> input = [(Half)1.25f, (Half)(-3f), (Half)40000f];
        input.CopyTo(memory.Span<Half>(0, 3));
        using var x = memory.Tensor(TensorElementType.Float16, 0, 3);
        using var options = new RunOptions();

        using var results = session.Run(options, ["x"], [x], ["y"]);

        Assert.Equal([(Half)2.5f, (Half)(-6f), Half.PositiveInfinity], System.Runtime.InteropServices.MemoryMarshal.Cast<Float16, Half>(results[0].GetTensorDataAsSpan<Float16>()).ToArray());
    }

    [Fact]
    public async Task Run_OnOneSessionFromManyThreads_AnswersAsAlone()
    {
        using var session = EngineGraphs.Open("dense");
        var expected = Enumerable.Range(0, 8).Select(Answer).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 300; i++) Assert.Equal(expected[thread], Answer(thread));
            },
            TaskCreationOptions.LongRunning))).WaitAsync(Patience);

        float[] Answer(int seed)
        {
            using var x = OrtValue.CreateTensorValueFromMemory([.. Enumerable.Range(0, 32).Select(i => (float)Math.Sin(seed + i))], [1, 2, 16]);
            using var options = new RunOptions();
            using var results = session.Run(options, ["x"], [x], ["y"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
    }

    [NeedsFact(Need.Linux)]
    public void Run_ThatFails_TellsTheLogAndNotStandardErrorAndTheNextRuns()
    {
        using var session = EngineGraphs.Open("reshape");
        using var x = OrtValue.CreateTensorValueFromMemory(new float[6], [6]);
        using var bad = OrtValue.CreateTensorValueFromMemory(new long[] { 4, 4 }, [2]);
        using var good = OrtValue.CreateTensorValueFromMemory(new long[] { 2, -1 }, [2]);
        using var options = new RunOptions();

        var printed = StandardError.During(() => Assert.Throws<OnnxRuntimeException>(() => session.Run(options, ["x", "shape"], [x, bad], ["y"])));

        Assert.DoesNotContain("Reshape", printed, StringComparison.Ordinal);
        Assert.Contains(EngineLog.Lines, l => l.Level == LogLevel.Error && l.Text.Contains("Reshape", StringComparison.Ordinal));
        using var afterwards = session.Run(options, ["x", "shape"], [x, good], ["y"]);
        Assert.Equal([2L, 3], afterwards[0].GetTensorTypeAndShape().Shape);
    }
}
