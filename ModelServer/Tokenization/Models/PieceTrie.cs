namespace ModelServer.Tokenization.Models;

/// <summary>
/// The longest known string at the start of a text, found in one walk. The edges of all nodes share one open-addressing table,
/// so that a step costs one probe whatever the node's fan-out.
/// </summary>
internal sealed class PieceTrie
{
    public const int None = -1;

    private ulong[] _edges = new ulong[1024];
    private int[] _targets = new int[1024];
    private int[] _values = new int[512];
    private int _shift = 64 - 10;
    private int _nodes = 1;

    public PieceTrie() => _values[0] = None;

    public static int Root => 0;

    public void Add(ReadOnlySpan<char> text, int value)
    {
        var node = NodeOf(text);
        _values[node] = value;
    }

    /// <summary>Adds a text; false, and nothing done, where it is there.</summary>
    public bool TryAdd(ReadOnlySpan<char> text, int value)
    {
        var node = NodeOf(text);
        if (_values[node] != None) return false;
        _values[node] = value;
        return true;
    }

    private int NodeOf(ReadOnlySpan<char> text)
    {
        var node = Root;
        foreach (var c in text)
        {
            var slot = Slot(node, c);
            if (_edges[slot] == 0)
            {
                if (_nodes == _values.Length) Grow();
                slot = Slot(node, c);
                (_edges[slot], _targets[slot], _values[_nodes]) = (Key(node, c), _nodes, None);
                _nodes++;
            }

            node = _targets[slot];
        }

        return node;
    }

    /// <summary>The node after <paramref name="c"/>, or <see cref="None"/>.</summary>
    public int Step(int node, char c)
    {
        var slot = Slot(node, c);
        return _edges[slot] == 0 ? None : _targets[slot];
    }

    public int Walk(int node, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (node == None) break;
            node = Step(node, c);
        }

        return node;
    }

    /// <summary>The value of the longest match of at least one character below <paramref name="node"/>, or <see cref="None"/>.</summary>
    public int Longest(int node, ReadOnlySpan<char> text, out int length)
    {
        var value = None;
        length = 0;
        for (var i = 0; i < text.Length && node != None && (node = Step(node, text[i])) != None; i++)
        {
            if (_values[node] == None) continue;
            value = _values[node];
            length = i + 1;
        }

        return value;
    }

    // 0 marks a free slot, so keys start at 1.
    private static ulong Key(int node, char c) => ((ulong)node << 16 | c) + 1;

    private int Slot(int node, char c)
    {
        var edges = _edges;
        var key = Key(node, c);
        var slot = (int)(key * 0x9E3779B97F4A7C15 >> _shift);
        while (edges[slot] != key && edges[slot] != 0) slot = slot + 1 & edges.Length - 1;
        return slot;
    }

    /// <summary>Doubles everything; there are as many edges as nodes less one, so the table stays at most half full.</summary>
    private void Grow()
    {
        var (edges, targets) = (_edges, _targets);
        Array.Resize(ref _values, _values.Length * 2);
        (_edges, _targets, _shift) = (new ulong[edges.Length * 2], new int[edges.Length * 2], _shift - 1);
        for (var i = 0; i < edges.Length; i++)
        {
            if (edges[i] == 0) continue;
            var slot = Slot((int)(edges[i] - 1 >> 16), (char)(edges[i] - 1));
            (_edges[slot], _targets[slot]) = (edges[i], targets[i]);
        }
    }
}
