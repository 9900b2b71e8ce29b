namespace ModelServer.Constraints;

/// <summary>Ranges of characters in order and apart from each other.</summary>
internal static class CharacterRanges
{
    private const int Last = 0x10FFFF;

    /// <param name="ranges">In any order; they may overlap.</param>
    /// <param name="isNegated">Whether all other characters are meant.</param>
    public static (int First, int Last)[] Normalize(IEnumerable<(int First, int Last)> ranges, bool isNegated = false)
    {
        var joined = new List<(int First, int Last)>();
        foreach (var range in ranges.Order())
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last + 1) joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, range.Last));
            else joined.Add(range);
        }

        if (!isNegated) return [.. joined];
        var others = new List<(int First, int Last)>();
        var next = 0;
        foreach (var (first, last) in joined)
        {
            if (first > next) others.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= Last) others.Add((next, Last));
        return [.. others];
    }
}
