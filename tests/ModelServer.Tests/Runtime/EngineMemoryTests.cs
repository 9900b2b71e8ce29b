using System.Runtime.InteropServices;
using ModelServer.Encoders;
using ModelServer.Tests.Encoders;

namespace ModelServer.Tests.Runtime;

/// <summary>Native memory stays level over thousands of runs, good and failed ones, and of sessions.</summary>
[Collection(MeasuredCollection.Name)]
public partial class EngineMemoryTests
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
    public void Sessions_OneAfterTheOther_LeakNothing() => AssertLevel(40, () =>
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        using var batch = TinyEncoder.Batch(5, 9);
        for (var i = 0; i < 3; i++) session.Run(batch, buffers);
    });

    /// <summary>The second session has a graph of its own, about a megabyte, and the small weights.</summary>
    [Fact]
    public void Sessions_OverSharedWeights_TakeLittleMoreThanOne()
    {
        var without = Grown(() => LoneParts.Open(LoneParts.OneThread));
        var with = Grown(() => LoneParts.Open(LoneParts.TwoThreads));

        Assert.InRange(with, 1, (without * 1.1) + (1 << 20));

        // The least of several: what else the process still gives back or takes does not count.
        static long Grown(Func<EncoderSession> open) => Enumerable.Range(0, 5).Min(_ =>
        {
            var before = InUse();
            using var session = open();
            return InUse() - before;
        });
    }

    [Fact]
    public void Sessions_OverSharedWeights_LeakNothing() => AssertLevel(10, () => LoneParts.Open(LoneParts.TwoThreads).Dispose());

    private static void AssertLevel(int times, Action work)
    {
        for (var i = 0; i < times; i++) work();
        // The best of several windows: what other tests do meanwhile does not count, a leak shows in each.
        var growth = long.MaxValue;
        for (var window = 0; window < 6 && growth > MaxGrowth; window++)
        {
            var before = InUse();
            for (var i = 0; i < times; i++) work();
            growth = Math.Min(growth, InUse() - before);
        }

        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    /// <summary>Bytes of the C library's heap in use: what .NET's own heap and the kernel do has no part in it.</summary>
    private static long InUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var heap = HeapInfo();
        return (long)(heap.UsedBytes + heap.MappedBytes);
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocInfo HeapInfo();

    /// <summary>glibc's <c>struct mallinfo2</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallocInfo
    {
        public readonly nuint ArenaBytes, FreeBlocks, FastBlocks, MappedBlocks, MappedBytes, Unused, FastBytes, UsedBytes, FreeBytes, TopBytes;
    }
}
