namespace ModelServer.Batching;

/// <summary>Chooses which waiting sequences share a run. Pure: lengths in, choice out.</summary>
internal static class BatchPacker
{
    /// <summary>Takes the oldest sequence and then the neighbours nearest to it in length, as long as rows × longest row stays within the budget.</summary>
    /// <param name="lengths">Lengths in tokens, oldest first; not empty.</param>
    /// <param name="budget">Padded tokens a run may hold; a single longer sequence runs alone.</param>
    /// <returns>Indices into <paramref name="lengths"/>, ascending. Index 0 is always among them, so that a sequence waits at most
    /// as many runs as there were sequences before it, whatever their lengths.</returns>
    public static List<int> Pack(ReadOnlySpan<int> lengths, int budget)
    {
        var byLength = new int[lengths.Length];
        for (var i = 0; i < byLength.Length; i++) byLength[i] = i;
        var keys = lengths.ToArray();
        Array.Sort(keys, byLength);

        var (low, high) = (Array.IndexOf(byLength, 0), Array.IndexOf(byLength, 0));
        var head = lengths[0];
        while (true)
        {
            var (shorter, longer) = (low > 0 ? keys[low - 1] : -1, high + 1 < keys.Length ? keys[high + 1] : -1);
            var rows = high - low + 2;
            var fitsShorter = shorter >= 0 && (long)rows * keys[high] <= budget;
            var fitsLonger = longer >= 0 && (long)rows * longer <= budget;
            if (fitsShorter && (!fitsLonger || keys[high] - shorter <= longer - head)) low--;
            else if (fitsLonger) high++;
            else break;
        }

        var chosen = byLength[low..(high + 1)];
        Array.Sort(chosen);
        return [.. chosen];
    }
}
