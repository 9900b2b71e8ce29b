namespace ModelServer.Constraints.Regex;

/// <summary>A set of Unicode scalar values.</summary>
internal sealed class CharacterSet
{
    private const int Last = 0x10FFFF;

    private CharacterSet(IReadOnlyList<(int First, int Last)> ranges) => Ranges = ranges;

    public static CharacterSet None { get; } = new([]);

    /// <summary>Every character: surrogates are none.</summary>
    public static CharacterSet All { get; } = new([(0, 0xD7FF), (0xE000, Last)]);

    /// <summary>In order and apart from each other.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    /// <summary>Ranges in any order, which may overlap. Surrogates are left out.</summary>
    public static CharacterSet Of(params IEnumerable<(int First, int Last)> ranges) => Joined(ranges).Intersect(All);

    public static CharacterSet Of(int character) => Of((character, character));

    public CharacterSet Union(CharacterSet other) => Joined(Ranges.Concat(other.Ranges));

    public CharacterSet Except(CharacterSet other) => Intersect(other.Complement());

    public CharacterSet Complement()
    {
        var (gaps, next) = (new List<(int, int)>(), 0);
        foreach (var (first, last) in Ranges)
        {
            if (first > next) gaps.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= Last) gaps.Add((next, Last));
        return new CharacterSet(gaps).Intersect(All);
    }

    public CharacterSet Intersect(CharacterSet other)
    {
        if (ReferenceEquals(this, other)) return this;
        var both = new List<(int, int)>();
        for (int i = 0, j = 0; i < Ranges.Count && j < other.Ranges.Count;)
        {
            var (a, b) = (Ranges[i], other.Ranges[j]);
            var (first, last) = (Math.Max(a.First, b.First), Math.Min(a.Last, b.Last));
            if (first <= last) both.Add((first, last));
            if (a.Last < b.Last) i++;
            else j++;
        }

        return new(both);
    }

    public bool Contains(int character) => Ranges.Any(r => r.First <= character && character <= r.Last);

    private static CharacterSet Joined(IEnumerable<(int First, int Last)> ranges)
    {
        var joined = new List<(int First, int Last)>();
        foreach (var range in ranges.Order())
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last + 1) joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, range.Last));
            else joined.Add(range);
        }

        return new(joined);
    }
}
