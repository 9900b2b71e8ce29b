using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Tests.Encoders;

namespace ModelServer.Tests.Runtime;

/// <summary>Native memory stays level over thousands of runs, good and failed ones, and of sessions.</summary>
[Collection(MeasuredCollection.Name)]
public class EngineMemoryTests
{
    /// <summary>Leaking the smallest native value, about 200 bytes, 2,000 × 4 times would show as 1.6 MB.</summary>
    private const long MaxGrowth = 1_000_000;

    [Fact]
    public void Run_TwoThousandTimes_LeaksNothing()
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        var lengths = 0;
        AssertLevel(2_000, () =>
        {
            using var batch = TinyEncoder.Batch(1 + (lengths++ % 30), 12);
            session.Run(batch, buffers);
        });
    }

    [Fact]
    public void Run_ThatFails_LeaksNothing()
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        AssertLevel(500, () =>
        {
            using var batch = new Batch([TinyEncoder.Spoilt()], BatchClosed.Drained);
            Assert.ThrowsAny<Exception>(() => session.Run(batch, buffers));
        });
    }

    [Fact]
    public void Sessions_OneAfterTheOther_LeakNothing() => AssertLevel(100, () =>
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        using var batch = TinyEncoder.Batch(5, 9);
        for (var i = 0; i < 3; i++) session.Run(batch, buffers);
    });

    private static void AssertLevel(int times, Action work)
    {
        for (var i = 0; i < times; i++) work();
        // The best of several windows: what other tests do meanwhile does not count, a leak shows in each.
        var growth = long.MaxValue;
        for (var window = 0; window < 6 && growth > MaxGrowth; window++)
        {
            var before = Resident();
            for (var i = 0; i < times; i++) work();
            growth = Math.Min(growth, Resident() - before);
        }

        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        NativeHeap.Trim();
        return Environment.WorkingSet;
    }
}
