namespace ModelServer.Constraints.Automata;

/// <summary>The tokens of a vocabulary as a trie over their bytes, laid out in preorder: what begins with the same bytes is one stretch of it.</summary>
internal sealed class TokenTrie
{
    private readonly byte[] _bytes;
    private readonly ushort[] _depths;
    private readonly int[] _ends;
    private readonly int[] _tokensFrom;
    private readonly int[] _tokens;

    /// <param name="tokens">The bytes of each id; null or empty for those that are left out.</param>
    public TokenTrie(IReadOnlyList<byte[]?> tokens)
    {
        _tokens = [.. Enumerable.Range(0, tokens.Count).Where(id => tokens[id] is { Length: > 0 and <= ushort.MaxValue })];
        Array.Sort(_tokens, (a, b) => tokens[a].AsSpan().SequenceCompareTo(tokens[b]) is not 0 and var order ? order : a - b);
        var (bytes, depths, from) = (new List<byte> { 0 }, new List<ushort> { 0 }, new List<int> { 0 });
        byte[] previous = [];
        for (var i = 0; i < _tokens.Length; i++)
        {
            var token = tokens[_tokens[i]]!;
            for (var depth = previous.AsSpan().CommonPrefixLength(token); depth < token.Length; depth++)
            {
                bytes.Add(token[depth]);
                depths.Add((ushort)(depth + 1));
                from.Add(i);
            }

            previous = token;
        }

        (_bytes, _depths, _tokensFrom) = ([.. bytes], [.. depths], [.. from, _tokens.Length]);
        _ends = new int[_bytes.Length];
        var path = new Stack<int>();
        for (var node = 0; node < _bytes.Length; node++)
        {
            while (path.TryPeek(out var above) && _depths[above] >= _depths[node]) _ends[path.Pop()] = node;
            path.Push(node);
        }

        foreach (var node in path) _ends[node] = _bytes.Length;
        LongestToken = _depths.Max();
    }

    /// <summary>The root is node 0.</summary>
    public int Nodes => _bytes.Length;

    /// <summary>Bytes.</summary>
    public int LongestToken { get; }

    /// <summary>The last byte of each node's text.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Bytes of each node's text.</summary>
    public ReadOnlySpan<ushort> Depths => _depths;

    /// <summary>For each node the first one behind all that begins with its text.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>The tokens that spell the text of a node. Those of a node come before the next node's.</summary>
    public ReadOnlySpan<int> TokensOf(int node) => _tokens.AsSpan(_tokensFrom[node].._tokensFrom[node + 1]);
}
