namespace ModelServer.Batching;

/// <summary>
/// Chooses which waiting work shares a run. Pure: lengths in, choice out. A run costs its padded tokens and a little of its own; the
/// choice is the one that pays least for what it gets done, where work is worth a little more the longer it has waited.
/// </summary>
internal static class BatchPacker
{
    /// <summary>How much more a token at the head of the queue is worth than one at its end. Costs a hundredth of the throughput and takes a
    /// seventh off the slowest answers.</summary>
    private const double Urgency = 0.25;

    /// <summary>Takes the first and neighbours of it in length, rows × longest row staying within the budget.</summary>
    /// <param name="items">In the order of the queue; at least one.</param>
    /// <param name="budget">Padded tokens a run may hold; a single larger item runs alone.</param>
    /// <param name="runOverhead">What a run costs beside its padded tokens, in tokens.</param>
    /// <param name="equalLengths">Whether only rows as long as the first may be beside it.</param>
    /// <returns>Indices into <paramref name="items"/>, ascending. Index 0 is always among them, so that whoever is first is never passed over.</returns>
    public static int[] Pack(ReadOnlySpan<PackedRows> items, int budget, int runOverhead, bool equalLengths = false)
    {
        var byLength = ByLength(items);
        Span<double> worth = stackalloc double[items.Length + 1];
        Span<long> rows = stackalloc long[items.Length + 1];
        (worth[0], rows[0]) = (0, 0);
        for (var i = 0; i < byLength.Length; i++)
        {
            var item = items[byLength[i]];
            worth[i + 1] = worth[i] + Worth(item, items.Length);
            rows[i + 1] = rows[i] + item.Rows;
        }

        var head = Array.IndexOf(byLength, 0);
        var (first, last, least) = (head, head, double.PositiveInfinity);
        var lowest = 0;
        for (var high = head; high < byLength.Length; high++)
        {
            long longest = items[byLength[high]].Length;
            if (equalLengths && longest != items[0].Length) break;
            while (lowest < high && (rows[high + 1] - rows[lowest]) * longest > budget) lowest++;
            for (var low = lowest; low <= head; low++)
            {
                if (equalLengths && items[byLength[low]].Length != longest) continue;
                var cost = (((rows[high + 1] - rows[low]) * longest) + runOverhead) / (worth[high + 1] - worth[low]);
                if (cost < least) (first, last, least) = (low, high, cost);
            }
        }

        var chosen = byLength[first..(last + 1)];
        Array.Sort(chosen);
        return chosen;
    }

    private static double Worth(PackedRows item, int places) => (double)item.Rows * item.Length * (1 + (Urgency * (1 - ((double)item.Place / places))));

    /// <summary>Indices by length, those of one length in their order.</summary>
    private static int[] ByLength(ReadOnlySpan<PackedRows> items)
    {
        var keys = new long[items.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((long)items[i].Length << 32) | (uint)i;
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => (int)key);
    }
}

/// <summary>What the packer knows of waiting work.</summary>
/// <param name="Rows">How many rows it has, at least one.</param>
/// <param name="Length">Tokens of each, at least one.</param>
/// <param name="Place">How many wait longer.</param>
internal readonly record struct PackedRows(int Rows, int Length, int Place);
