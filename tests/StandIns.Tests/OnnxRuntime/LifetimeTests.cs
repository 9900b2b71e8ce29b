using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;

namespace StandIns.Tests.OnnxRuntime;

[Collection(EngineCollection.Name)]
public sealed class LifetimeTests
{
    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var session = new InferenceSession(EngineFixture.Model("add"));
        var value = OrtValue.CreateTensorValueFromMemory([1f, 2, 3], [1, 3]);
        var options = new RunOptions();
        var results = session.Run(options, ["x"], [value], ["sum"]);
        foreach (IDisposable owner in (IDisposable[])[results, value, options, session, results, value, options, session]) owner.Dispose();
        Assert.Empty(results);
    }

    [Fact]
    public void Use_AfterDispose_Throws()
    {
        var session = new InferenceSession(EngineFixture.Model("add"));
        var value = OrtValue.CreateTensorValueFromMemory([1f, 2, 3], [1, 3]);
        var options = new RunOptions();
        value.Dispose();
        Assert.Throws<ObjectDisposedException>(() => value.GetTensorDataAsSpan<float>().Length);
        Assert.Throws<ObjectDisposedException>(() => value.GetTensorTypeAndShape());
        Assert.Throws<ObjectDisposedException>(() => session.Run(options, ["x"], [value], ["sum"]));
        options.Dispose();
        Assert.Throws<ObjectDisposedException>(() => options.Terminate = true);
        session.Dispose();
        using var fresh = new RunOptions();
        Assert.Throws<ObjectDisposedException>(() => session.Run(fresh, ["x"], [value], ["sum"]));
        Assert.Throws<ObjectDisposedException>(() => session.ModelMetadata);
    }

    [Fact]
    public async Task Dispose_DuringARun_TakesEffectAfterIt()
    {
        var session = new InferenceSession(EngineFixture.Model("slow"), OneThread());
        var options = new RunOptions();
        var (count, x) = SlowInputs(300);
        using var started = new ManualResetEventSlim();
        var run = Task.Run(() =>
        {
            started.Set();
            using var results = session.Run(options, ["count", "x"], [count, x], ["y"]);
            return results[0].GetTensorDataAsSpan<float>().Length;
        });
        started.Wait();
        await Task.Delay(20);
        session.Dispose();
        x.Dispose();
        count.Dispose();
        options.Dispose();
        try
        {
            Assert.Equal(128 * 128, await run);
        }
        catch (ObjectDisposedException)
        {
            // The run had not begun yet: also in order.
        }
    }

    [Fact]
    public async Task Terminate_FromAnotherThread_EndsTheRun()
    {
        using var session = new InferenceSession(EngineFixture.Model("slow"), OneThread());
        var (count, x) = SlowInputs(50_000_000);
        using var options = new RunOptions();
        var run = Task.Run(() => session.Run(options, ["count", "x"], [count, x], ["y"]));
        await Task.Delay(100);
        Assert.False(run.IsCompleted);
        var stopwatch = Stopwatch.StartNew();
        options.Terminate = true;
        var error = await Assert.ThrowsAsync<OnnxRuntimeException>(() => run.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("terminate flag", error.Message, StringComparison.Ordinal);
        Assert.True(stopwatch.Elapsed < TimeSpan.FromSeconds(5));
        Assert.True(options.Terminate);
        options.Terminate = false;
        var (few, again) = SlowInputs(2);
        using var results = session.Run(options, ["count", "x"], [few, again], ["y"]);
        Assert.Single(results);
    }

    [Fact]
    public void CreateTensorValueFromMemory_WhileTheValueLives_KeepsTheArrayInPlace()
    {
        using var session = new InferenceSession(EngineFixture.Model("add"));
        using var options = new RunOptions();
        var values = Enumerable.Range(0, 200).Select(i => Over([i, i, i])).ToArray();
        for (var i = 0; i < 3; i++)
        {
            _ = new byte[1 << 20];
            GC.Collect(2, GCCollectionMode.Forced, true, true);
        }

        for (var i = 0; i < values.Length; i++)
        {
            using var results = session.Run(options, ["x"], [values[i]], ["sum"]);
            Assert.Equal(i + 10f, results[0].GetTensorDataAsSpan<float>()[0]);
            values[i].Dispose();
        }
    }

    [Fact]
    public void CreateTensorValueFromMemory_WhenTheValueIsDisposed_LetsTheArrayGo()
    {
        var array = MakeAndDispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(array.IsAlive);
    }

    [Fact]
    public void Values_NeverDisposed_AreFinalized()
    {
        var array = MakeAndForget();
        for (var i = 0; i < 5 && array.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(array.IsAlive);
    }

    internal static SessionOptions OneThread() => new() { IntraOpNumThreads = 1 };

    internal static (OrtValue Count, OrtValue X) SlowInputs(long count) =>
        (OrtValue.CreateTensorValueFromMemory([count], []), OrtValue.CreateTensorValueFromMemory(SessionTests.Noise(1, 128 * 128), [128, 128]));

    private static OrtValue Over(float[] data) => OrtValue.CreateTensorValueFromMemory(data, [1, 3]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MakeAndDispose()
    {
        var array = new float[3];
        Over(array).Dispose();
        return new WeakReference(array);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MakeAndForget()
    {
        var array = new float[3];
        Over(array);
        return new WeakReference(array);
    }
}
