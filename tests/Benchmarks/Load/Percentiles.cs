using System.Diagnostics;

namespace Benchmarks.Load;

internal static class Percentiles
{
    /// <summary>The q-th quantile of durations in Stopwatch ticks, in milliseconds; sorts the list. NaN where it is empty.</summary>
    public static double Milliseconds(List<long> ticks, double q)
    {
        if (ticks.Count == 0) return double.NaN;
        ticks.Sort();
        return ticks[(int)Math.Min(ticks.Count - 1, q * ticks.Count)] * 1000d / Stopwatch.Frequency;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return double.NaN;
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
