namespace ModelServer.Constraints.Automata;

/// <summary>Walks a trie of tokens and an automaton together: bytes that lead nowhere prune all that begins with them. For one thread at a time.</summary>
internal sealed class MaskWalk(PushdownAutomaton automaton, TokenVocabulary vocabulary)
{
    private readonly LazyAutomaton _lazy = new(automaton);
    private readonly ulong[] _bits = new ulong[(vocabulary.Size + 63) / 64];
    private readonly List<int> _escapes = [];
    private readonly int[] _path = new int[vocabulary.LongestToken + 1];

    /// <summary>The tokens that may come next in a state.</summary>
    public MaskPart Top(TokenTrie trie, int state)
    {
        var start = Begin(state);
        foreach (var leaf in _lazy[start].Leaves)
            foreach (var (token, _) in automaton.Specials(leaf.State)) _bits[token >> 6] |= 1UL << token;
        Walk(trie, 0, start);
        return MaskPart.Of(End(), _escapes);
    }

    /// <summary>The tokens that go on beyond some escapes, in the state returned to.</summary>
    public MaskPart Below(TokenTrie trie, int[] escapes, int state)
    {
        var start = Begin(state);
        foreach (var node in escapes)
        {
            // What is returned to may itself be over.
            if ((_lazy.Of(start) & LazyAutomaton.Traits.MayEnd) != 0) _escapes.Add(node);
            Walk(trie, node, start);
        }

        // One escape may lie within another's stretch, and tell of the same nodes.
        _escapes.Sort();
        var last = -1;
        _escapes.RemoveAll(node => node == last || (last = node) < 0);
        return MaskPart.Of(End(), _escapes);
    }

    private int Begin(int state)
    {
        _lazy.Trim();
        _escapes.Clear();
        Array.Clear(_bits);
        return _lazy.In(state);
    }

    private ulong[] End() => [.. _bits];

    private void Walk(TokenTrie trie, int from, int start)
    {
        var bytes = trie.Bytes;
        var depths = trie.Depths;
        var ends = trie.Ends;
        var classes = automaton.Classes.Of;
        var (node, end) = (from + 1, ends[from]);
        _path[depths[from]] = start;
        while (node < end)
        {
            var depth = depths[node];
            var next = _lazy.Next(_path[depth - 1], classes[bytes[node]]);
            if (next == LazyAutomaton.Dead)
            {
                node = ends[node];
                continue;
            }

            foreach (var token in trie.TokensOf(node)) _bits[token >> 6] |= 1UL << token;
            var traits = _lazy.Of(next);
            if ((traits & LazyAutomaton.Traits.MayEnd) != 0 && ends[node] > node + 1) _escapes.Add(node);
            _path[depth] = next;
            node = (traits & LazyAutomaton.Traits.GoesOn) == 0 ? ends[node] : node + 1;
        }
    }
}
