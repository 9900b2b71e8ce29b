namespace ServiceDefaults.Statistics;

/// <summary>The population stability index: how far a sample has moved from another, without saying how likely that is. In common use below 0.1 is little, above 0.25 much.</summary>
public static class PopulationStability
{
    /// <summary>Bins, each with a tenth of the baseline where values differ enough for it.</summary>
    public const int Bins = 10;

    /// <summary>Added to each bin's count, so that an empty bin does not make the index infinite.</summary>
    public const double Smoothing = 0.5;

    /// <param name="baseline">Sorted, not empty; its quantiles are the edges of the bins.</param>
    /// <param name="sample">Sorted, not empty.</param>
    public static double Index(ReadOnlySpan<float> baseline, ReadOnlySpan<float> sample)
    {
        List<float> edges = [];
        for (var bin = 1; bin < Bins; bin++)
        {
            var edge = baseline[(int)((long)baseline.Length * bin / Bins)];
            if (edges is [] || edge > edges[^1]) edges.Add(edge);
        }

        var (index, from, sampleFrom) = (0.0, 0, 0);
        var (total, sampleTotal) = (baseline.Length + ((edges.Count + 1) * Smoothing), sample.Length + ((edges.Count + 1) * Smoothing));
        for (var bin = 0; bin <= edges.Count; bin++)
        {
            var (to, sampleTo) = bin == edges.Count ? (baseline.Length, sample.Length) : (Below(baseline, edges[bin]), Below(sample, edges[bin]));
            var (expected, actual) = ((to - from + Smoothing) / total, (sampleTo - sampleFrom + Smoothing) / sampleTotal);
            index += (actual - expected) * Math.Log(actual / expected);
            (from, sampleFrom) = (to, sampleTo);
        }

        return index;
    }

    /// <summary>The index of counts by class.</summary>
    public static double Index(ReadOnlySpan<long> baseline, ReadOnlySpan<long> sample)
    {
        double total = baseline.Length * Smoothing, sampleTotal = sample.Length * Smoothing, index = 0;
        for (var i = 0; i < baseline.Length; i++) (total, sampleTotal) = (total + baseline[i], sampleTotal + sample[i]);
        for (var i = 0; i < baseline.Length; i++)
        {
            var (expected, actual) = ((baseline[i] + Smoothing) / total, (sample[i] + Smoothing) / sampleTotal);
            index += (actual - expected) * Math.Log(actual / expected);
        }

        return index;
    }

    /// <summary>How many values lie below an edge.</summary>
    private static int Below(ReadOnlySpan<float> sorted, float edge)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < edge) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
