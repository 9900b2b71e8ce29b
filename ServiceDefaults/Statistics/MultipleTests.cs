namespace ServiceDefaults.Statistics;

/// <summary>How p-values of several tests are adjusted, so that together they raise no more false alarms than one would.</summary>
public enum Correction
{
    /// <summary>Bounds the chance of any false alarm; never weaker than Bonferroni.</summary>
    Holm,

    /// <summary>Bounds the same, more simply: each p-value times the number of tests.</summary>
    Bonferroni,

    /// <summary>Bounds the part of the alarms that are false.</summary>
    BenjaminiHochberg,

    /// <summary>Each test by itself.</summary>
    None,
}

/// <summary>Adjusts p-values of tests that are made together.</summary>
public static class MultipleTests
{
    /// <returns>In the order given; to be compared with the level that all together are to have.</returns>
    public static double[] Adjust(ReadOnlySpan<double> values, Correction correction)
    {
        var adjusted = values.ToArray();
        var count = adjusted.Length;
        var order = Enumerable.Range(0, count).ToArray();
        Array.Sort(values.ToArray(), order);
        switch (correction)
        {
            case Correction.Bonferroni:
                for (var i = 0; i < count; i++) adjusted[i] = Math.Min(1, values[i] * count);
                break;
            case Correction.Holm:
                for (var (rank, largest) = (0, 0.0); rank < count; rank++)
                    adjusted[order[rank]] = largest = Math.Max(largest, Math.Min(1, values[order[rank]] * (count - rank)));
                break;
            case Correction.BenjaminiHochberg:
                for (var (rank, smallest) = (count - 1, 1.0); rank >= 0; rank--)
                    adjusted[order[rank]] = smallest = Math.Min(smallest, values[order[rank]] * count / (rank + 1));
                break;
        }

        return adjusted;
    }
}
