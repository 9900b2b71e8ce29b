namespace ModelServer.Batching;

/// <summary>Chooses which waiting sequences share a run. Pure: lengths in, choice out.</summary>
internal static class BatchPacker
{
    /// <summary>Padded tokens up to which a larger run is faster per token than the padding it brings is slow; beyond, a CPU gains little.</summary>
    private const int Knee = 128;

    /// <summary>Beyond the knee at most one padded token in so many may be padding.</summary>
    private const int PaddingShare = 8;

    /// <summary>Takes the first sequence and then the neighbours nearest to it in length, as long as rows × longest row stays within the budget
    /// and padding is worth its cost.</summary>
    /// <param name="lengths">Lengths in tokens, in the order of the queue; not empty.</param>
    /// <param name="budget">Padded tokens a run may hold; a single longer sequence runs alone.</param>
    /// <returns>Indices into <paramref name="lengths"/>, ascending. Index 0 is always among them, so that whoever is first is never passed over.</returns>
    public static List<int> Pack(ReadOnlySpan<int> lengths, int budget)
    {
        var keys = lengths.ToArray();
        var byLength = new int[keys.Length];
        for (var i = 0; i < byLength.Length; i++) byLength[i] = i;
        Array.Sort(keys, byLength);

        var low = Array.IndexOf(byLength, 0);
        var high = low;
        var real = keys[low];
        while (true)
        {
            var rows = high - low + 2;
            var shorter = low > 0 ? Padding(rows, keys[high], real + keys[low - 1], budget) : null;
            var longer = high + 1 < keys.Length ? Padding(rows, keys[high + 1], real + keys[high + 1], budget) : null;
            if (shorter is { } below && !(below > longer)) real += keys[--low];
            else if (longer is not null) real += keys[++high];
            else break;
        }

        var chosen = byLength[low..(high + 1)];
        Array.Sort(chosen);
        return [.. chosen];
    }

    /// <summary>The padding of a run, or null when it is not to be run like that.</summary>
    private static long? Padding(int rows, int longest, int real, int budget)
    {
        var padded = (long)rows * longest;
        var padding = padded - real;
        return padded <= budget && (padded <= Knee || padding * PaddingShare <= padded) ? padding : null;
    }
}
