namespace ModelServer.Decoders;

/// <summary>Guesses how a sequence goes on: as it went on behind the last few tokens when they came before (prompt lookup decoding, Saxena 2023).
/// Each token costs the same, however long the sequence is.</summary>
internal sealed class PromptLookup
{
    /// <summary>Tokens that must have come before: so many, or where these have not, <see cref="Shortest"/>.</summary>
    public const int Longest = 3;

    public const int Shortest = 2;

    private const int IdBits = 32;

    private readonly List<int> _tokens;

    /// <summary>By length: behind which position some tokens, their ids one after the other, came last.</summary>
    private readonly Dictionary<UInt128, int>[] _known = new Dictionary<UInt128, int>[Longest + 1];

    private int _next;

    public PromptLookup(ReadOnlySpan<int> prompt)
    {
        _tokens = new(2 * prompt.Length);
        for (var length = Shortest; length <= Longest; length++) _known[length] = new(prompt.Length);
        foreach (var token in prompt) Append(token);
    }

    /// <summary>The sequence goes on.</summary>
    public void Append(int token)
    {
        _tokens.Add(token);
        _next = 0;
        UInt128 key = 0;
        for (var length = 1; length <= Math.Min(Longest, _tokens.Count); length++)
        {
            key = (key << IdBits) | (uint)_tokens[^length];
            if (length < Shortest) continue;
            // The longest that has come before decides; each is where it came last from now on.
            if (_known[length].TryGetValue(key, out var next)) _next = next;
            _known[length][key] = _tokens.Count;
        }
    }

    /// <summary>What may come next, if the last tokens have come before; it goes on into itself where they have only just come.</summary>
    /// <returns>How many tokens: all that there is room for, or none.</returns>
    public int Guess(Span<int> tokens)
    {
        if (_next == 0) return 0;
        for (var i = 0; i < tokens.Length; i++) tokens[i] = _next + i < _tokens.Count ? _tokens[_next + i] : tokens[_next + i - _tokens.Count];
        return tokens.Length;
    }
}
