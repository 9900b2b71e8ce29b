namespace ServiceDefaults.Statistics;

/// <summary>Pearson's chi-square test of two rows of counts: are the classes of both distributed alike? Without Yates' correction.</summary>
public static class ChiSquare
{
    /// <param name="first">Counts by class.</param>
    /// <param name="second">Counts of the same classes. Those that neither has are left out.</param>
    public static TestResult Test(ReadOnlySpan<long> first, ReadOnlySpan<long> second)
    {
        if (first.Length != second.Length) throw new ArgumentException("Both have the same classes.", nameof(second));
        var (m, n) = (Sum(first), Sum(second));
        if (m == 0 || n == 0) return new(0, 1);
        var (statistic, classes) = (0.0, 0);
        for (var i = 0; i < first.Length; i++)
        {
            var both = first[i] + second[i];
            if (both == 0) continue;
            classes++;
            var (ofFirst, ofSecond) = ((double)both * m / (m + n), (double)both * n / (m + n));
            statistic += ((first[i] - ofFirst) * (first[i] - ofFirst) / ofFirst) + ((second[i] - ofSecond) * (second[i] - ofSecond) / ofSecond);
        }

        return new(statistic, classes < 2 ? 1 : IncompleteGamma.Upper((classes - 1) / 2.0, statistic / 2));
    }

    /// <summary>Counts whose expectation is too small for the test, in one row or the other, become one class, the last.</summary>
    /// <param name="least">The smallest expectation that stays by itself.</param>
    public static (long[] First, long[] Second) Pool(ReadOnlySpan<long> first, ReadOnlySpan<long> second, double least)
    {
        var (m, n) = ((double)Sum(first), (double)Sum(second));
        List<long> kept = [], others = [];
        var (rare, otherRare) = (0L, 0L);
        for (var i = 0; i < first.Length; i++)
        {
            if ((first[i] + second[i]) * Math.Min(m, n) / (m + n) < least) (rare, otherRare) = (rare + first[i], otherRare + second[i]);
            else
            {
                kept.Add(first[i]);
                others.Add(second[i]);
            }
        }

        // Where even all rare ones together are rare, they join the rarest that is not.
        if ((rare + otherRare) * Math.Min(m, n) / (m + n) < least && kept.Count > 0)
        {
            var rarest = Enumerable.Range(0, kept.Count).MinBy(i => kept[i] + others[i]);
            (kept[rarest], others[rarest]) = (kept[rarest] + rare, others[rarest] + otherRare);
        }
        else if (rare + otherRare > 0)
        {
            kept.Add(rare);
            others.Add(otherRare);
        }

        return ([.. kept], [.. others]);
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (var count in counts) sum += count;
        return sum;
    }
}
