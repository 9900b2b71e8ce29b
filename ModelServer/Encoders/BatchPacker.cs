namespace ModelServer.Encoders;

/// <summary>
/// Chooses which waiting sequences share a run. Pure: lengths in, choice out. A run costs its padded tokens and a little of its own; the
/// choice is the one that pays least for what it gets done, where work is worth a little more the longer it has waited.
/// </summary>
internal static class BatchPacker
{
    /// <summary>How much more a token at the head of the queue is worth than one at its end. Costs a hundredth of the throughput and takes a
    /// seventh off the slowest answers.</summary>
    private const double Urgency = 0.25;

    /// <summary>Takes the first sequence and neighbours of it in length, rows × longest row staying within the budget.</summary>
    /// <param name="lengths">Lengths in tokens, in the order of the queue; at least one, each at least 1: a <see cref="Sequence"/> cannot be shorter.</param>
    /// <param name="budget">Padded tokens a run may hold; a single longer sequence runs alone.</param>
    /// <param name="runOverhead">What a run costs beside its padded tokens, in tokens.</param>
    /// <param name="equalLengths">Whether only sequences as long as the first may be beside it.</param>
    /// <returns>Indices into <paramref name="lengths"/>, ascending. Index 0 is always among them, so that whoever is first is never passed over.</returns>
    public static int[] Pack(ReadOnlySpan<int> lengths, int budget, int runOverhead, bool equalLengths = false)
    {
        var byLength = ByLength(lengths);
        Span<double> worth = stackalloc double[lengths.Length + 1];
        worth[0] = 0;
        for (var i = 0; i < byLength.Length; i++) worth[i + 1] = worth[i] + Worth(lengths, byLength[i]);

        var head = Array.IndexOf(byLength, 0);
        var (first, last, least) = (head, head, double.PositiveInfinity);
        for (var high = head; high < byLength.Length; high++)
        {
            var longest = lengths[byLength[high]];
            if (equalLengths && longest != lengths[0]) break;
            var mostRows = Math.Max(1, budget / longest);
            for (var low = Math.Max(0, high - mostRows + 1); low <= head; low++)
            {
                if (equalLengths && lengths[byLength[low]] != longest) continue;
                var cost = (((high - low + 1) * longest) + runOverhead) / (worth[high + 1] - worth[low]);
                if (cost < least) (first, last, least) = (low, high, cost);
            }
        }

        var chosen = byLength[first..(last + 1)];
        Array.Sort(chosen);
        return chosen;
    }

    private static double Worth(ReadOnlySpan<int> lengths, int place) => lengths[place] * (1 + (Urgency * (1 - ((double)place / lengths.Length))));

    /// <summary>Places by length, those of one length in their order.</summary>
    private static int[] ByLength(ReadOnlySpan<int> lengths)
    {
        var keys = new long[lengths.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((long)lengths[i] << 32) | (uint)i;
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => (int)key);
    }
}
