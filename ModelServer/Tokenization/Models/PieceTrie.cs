namespace ModelServer.Tokenization.Models;

/// <summary>
/// The longest known string at the start of a text, found in one walk. The edges of all nodes share one open-addressing table,
/// so that a step costs one probe whatever the node's fan-out.
/// </summary>
internal sealed class PieceTrie
{
    public const int None = -1;

    private Edge[] _edges = new Edge[1024];
    private int _shift = 64 - 10;
    private int _nodes = 1;

    public static int Root => 0;

    public void Add(ReadOnlySpan<char> text, int value)
    {
        if (EdgeOf(text) is not None and var last) _edges[last] = _edges[last] with { Value = value };
    }

    /// <summary>Adds a text; false, and nothing done, where it is there.</summary>
    public bool TryAdd(ReadOnlySpan<char> text, int value)
    {
        if (EdgeOf(text) is not (not None and var last) || _edges[last].Value != None) return false;
        _edges[last] = _edges[last] with { Value = value };
        return true;
    }

    /// <summary>Where the way to a text ends, made where there was none; <see cref="None"/> for the empty text.</summary>
    private int EdgeOf(ReadOnlySpan<char> text)
    {
        var (node, last) = (Root, None);
        foreach (var c in text)
        {
            last = Slot(node, c);
            if (_edges[last].Key == 0)
            {
                if (_nodes == _edges.Length / 2)
                {
                    Grow();
                    last = Slot(node, c);
                }

                _edges[last] = new(Key(node, c), _nodes++, None);
            }

            node = _edges[last].Target;
        }

        return last;
    }

    /// <summary>The node after <paramref name="c"/>, or <see cref="None"/>.</summary>
    public int Step(int node, char c) => Step(node, c, out _);

    /// <summary>The node after <paramref name="c"/> and what ends there, or <see cref="None"/>.</summary>
    public int Step(int node, char c, out int value)
    {
        ref readonly var edge = ref _edges[Slot(node, c)];
        value = edge.Value;
        return edge.Key == 0 ? None : edge.Target;
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
        var longest = None;
        length = 0;
        for (var i = 0; i < text.Length && node != None && (node = Step(node, text[i], out var value)) != None; i++)
        {
            if (value == None) continue;
            longest = value;
            length = i + 1;
        }

        return longest;
    }

    // 0 marks a free slot, so keys start at 1.
    private static ulong Key(int node, char c) => ((ulong)node << 16 | c) + 1;

    private int Slot(int node, char c)
    {
        var edges = _edges;
        var key = Key(node, c);
        var slot = (int)(key * 0x9E3779B97F4A7C15 >> _shift);
        while (edges[slot].Key != key && edges[slot].Key != 0) slot = slot + 1 & edges.Length - 1;
        return slot;
    }

    /// <summary>Doubles the table; there are as many edges as nodes less one, so it stays at most half full.</summary>
    private void Grow()
    {
        var edges = _edges;
        (_edges, _shift) = (new Edge[edges.Length * 2], _shift - 1);
        foreach (var edge in edges) if (edge.Key != 0) _edges[Slot((int)(edge.Key - 1 >> 16), (char)(edge.Key - 1))] = edge;
    }

    /// <summary>The way from one node to another, with the value of a text that ends there: all that a step needs stands together.</summary>
    private readonly record struct Edge(ulong Key, int Target, int Value);
}
