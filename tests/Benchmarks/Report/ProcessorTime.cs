using System.Globalization;

namespace Benchmarks.Report;

/// <summary>What all processes together take of the cores, as Linux counts it in <c>/proc/stat</c>.</summary>
internal static class ProcessorTime
{
    private const int Idle = 3, WaitingForDisk = 4, CountedTwice = 8;

    /// <summary>The share of all cores that was not idle for a while from now: 0 to 1; 0 where it cannot be known.</summary>
    public static double BusyShare(TimeSpan time)
    {
        if (!File.Exists("/proc/stat")) return 0;
        var before = Read();
        Thread.Sleep(time);
        return BusyShare(before, Read());
    }

    /// <summary>Between two first lines of <c>/proc/stat</c>.</summary>
    internal static double BusyShare(string before, string after)
    {
        // Guests' time, in the fields behind the eighth, is part of the users'.
        long[] passed = [.. Fields(after).Zip(Fields(before), (a, b) => a - b).Take(CountedTwice)];
        var all = passed.Sum();
        return all <= 0 ? 0 : (double)(all - passed[Idle] - passed[WaitingForDisk]) / all;
    }

    private static string Read() => File.ReadLines("/proc/stat").First();

    private static IEnumerable<long> Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(f => long.Parse(f, CultureInfo.InvariantCulture));
}
