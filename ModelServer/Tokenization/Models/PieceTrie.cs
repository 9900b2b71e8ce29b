namespace ModelServer.Tokenization.Models;

/// <summary>
/// Strings found in walks along a text. What follows one string stands together, ordered by character, and what follows longer ones right behind: a walk stays where the memory is near.
/// </summary>
internal sealed class PieceTrie
{
    public const int None = -1;

    private const int FewNodes = 8;
    private readonly char[] _characters;
    private readonly Node[] _nodes;
    private readonly int[] _first;

    /// <param name="values">Strings and what they stand for; the empty one is left out.</param>
    public PieceTrie(IEnumerable<KeyValuePair<string, int>> values)
    {
        KeyValuePair<string, int>[] all = [.. values.Where(v => v.Key.Length > 0)];
        var (keys, ids) = (Array.ConvertAll(all, v => v.Key), Array.ConvertAll(all, v => v.Value));
        Array.Sort(keys, ids, StringComparer.Ordinal);
        (_characters, _nodes) = Build(keys, ids);
        // The first character may be one of tens of thousands.
        var root = _nodes[Root];
        _first = new int[root.Count == 0 ? 0 : _characters[root.Children + root.Count - 1] + 1];
        Array.Fill(_first, None);
        for (var child = root.Children; child < root.Children + root.Count; child++) _first[_characters[child]] = child;
    }

    public static int Root => 0;

    /// <summary>The node after <paramref name="c"/> and what ends there, or <see cref="None"/>.</summary>
    public int Step(int node, char c, out int value)
    {
        var child = node == Root ? c < _first.Length ? _first[c] : None : Child(_nodes[node], c);
        value = child == None ? None : _nodes[child].Value;
        return child;
    }

    public int Walk(int node, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (node == None) break;
            node = Step(node, c, out _);
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

    private int Child(Node node, char c)
    {
        var characters = _characters.AsSpan(node.Children, node.Count);
        if (characters.Length <= FewNodes)
        {
            for (var i = 0; i < characters.Length; i++) if (characters[i] == c) return node.Children + i;
            return None;
        }

        // ASCII comes first.
        var at = c < 128 ? characters[..Math.Min(characters.Length, 128)].IndexOf(c) : characters.BinarySearch(c);
        return at < 0 ? None : node.Children + at;
    }

    private static (char[] Characters, Node[] Nodes) Build(string[] keys, int[] values)
    {
        var (characters, nodes) = (new List<char>(keys.Length * 2) { '\0' }, new List<Node>(keys.Length * 2) { new(0, 0, None) });
        var pending = new Stack<(int Node, int From, int To, int Depth)>([(Root, 0, keys.Length, 0)]);
        while (pending.TryPop(out var part))
        {
            // Those keys have the same beginning; one that ends there comes first.
            var (node, from, to, depth) = part;
            var value = from < to && keys[from].Length == depth ? values[from++] : None;
            var children = nodes.Count;
            while (from < to)
            {
                var (c, begin) = (keys[from][depth], from);
                while (from < to && keys[from][depth] == c) from++;
                pending.Push((nodes.Count, begin, from, depth + 1));
                characters.Add(c);
                nodes.Add(default);
            }

            nodes[node] = new(children, nodes.Count - children, value);
        }

        return ([.. characters], [.. nodes]);
    }

    /// <summary>Where a string may go on, and its value.</summary>
    /// <param name="Children">The first of the nodes for one character more.</param>
    /// <param name="Count">How many they are.</param>
    /// <param name="Value">What the string stands for, or <see cref="None"/>.</param>
    private readonly record struct Node(int Children, int Count, int Value);
}
