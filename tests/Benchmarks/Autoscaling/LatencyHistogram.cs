namespace Benchmarks.Autoscaling;

/// <summary>Counts durations in buckets that each are half a percent wider than the one before, from a tenth of a millisecond on.</summary>
internal sealed class LatencyHistogram
{
    private const double Least = 1e-4;
    private static readonly double Growth = Math.Log(1.005);
    private readonly long[] _counts = new long[4096];
    private long _total;

    public void Add(double seconds)
    {
        var bucket = seconds <= Least ? 0 : (int)Math.Ceiling(Math.Log(seconds / Least) / Growth);
        _counts[Math.Min(bucket, _counts.Length - 1)]++;
        _total++;
    }

    /// <summary>The upper bound of the bucket that the quantile falls into, in seconds; NaN where nothing was counted.</summary>
    public double Quantile(double q)
    {
        if (_total == 0) return double.NaN;
        var (rank, seen) = ((long)Math.Ceiling(q * _total), 0L);
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Least * Math.Exp(i * Growth);
        }

        return double.PositiveInfinity;
    }
}
