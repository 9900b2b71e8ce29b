namespace ModelServer.Tokenization.Patterns;

/// <summary>With which characters of the basic plane the steps of a pattern may begin to match, 64 to a number; with all where in doubt.</summary>
internal sealed class PatternBeginnings
{
    private static readonly ulong[] Any = [.. Enumerable.Repeat(ulong.MaxValue, 0x10000 / 64)];

    // A step that several lead to is asked once: the ways through a pattern may be more than its steps can be counted.
    private readonly Dictionary<PatternNode, ulong[]> _known = [];

    public ReadOnlySpan<ulong> Of(PatternNode node)
    {
        switch (node.Step)
        {
            case PatternStep.Accept:
                return Any;
            case PatternStep.One:
            case PatternStep.Many when node.Min > 0:
                return node.Set.Basic;
            case PatternStep.Ahead or PatternStep.Behind or PatternStep.Place:
                return Of(node.Next);
            default:
                if (!_known.TryGetValue(node, out var known)) _known.Add(node, known = All(node));
                return known;
        }
    }

    public bool Contains(PatternNode node, char c) => (Of(node)[c >> 6] >> c & 1) != 0;

    /// <summary>Whether a step may begin with a character of a set.</summary>
    public bool Overlap(PatternNode node, CodePointSet set)
    {
        var begins = Of(node);
        var basic = set.Basic;
        for (var i = 0; i < basic.Length; i++) if ((begins[i] & basic[i]) != 0) return true;
        return false;
    }

    private ulong[] All(PatternNode node)
    {
        var all = new ulong[Any.Length];
        if (node.Step == PatternStep.Choice)
        {
            foreach (var alternative in node.Alternatives) Add(Of(alternative));
            return all;
        }

        Add(node.Set.Basic);
        Add(Of(node.Next));
        return all;

        void Add(ReadOnlySpan<ulong> characters)
        {
            for (var i = 0; i < all.Length; i++) all[i] |= characters[i];
        }
    }
}
