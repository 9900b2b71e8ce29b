using System.Buffers;
using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.AddedTokens;

/// <summary>Finds added tokens in a text: the leftmost, of those the longest, never overlapping.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly PieceTrie _trie;
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<char> _firstChars;

    /// <param name="patterns">What is looked for; of equal patterns the first one counts, and empty ones find nothing.</param>
    public AddedTokenMatcher(IEnumerable<(string Pattern, AddedToken Token)> patterns)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (pattern, token) in patterns)
        {
            if (pattern.Length > 0 && places.TryAdd(pattern, _tokens.Count)) _tokens.Add(token);
        }

        _trie = new(places);
        _firstChars = SearchValues.Create([.. places.Keys.Select(p => p[0]).Distinct()]);
    }

    /// <summary>The next token at or after <paramref name="from"/>, which is moved past it.</summary>
    /// <param name="text">The whole text: what stands before and after decides about single words and white space.</param>
    /// <param name="from">Where to look from; afterwards where to look next.</param>
    /// <param name="taken">Up to where the text is already taken: white space before that cannot be stripped again.</param>
    /// <param name="plain">Parts of which no special token takes anything, in order.</param>
    public Slice? Next(ReadOnlySpan<char> text, ref int from, int taken, ReadOnlySpan<TextSpan> plain = default)
    {
        while (from < text.Length)
        {
            var first = text[from..].IndexOfAny(_firstChars);
            if (first < 0) break;
            var start = from + first;
            var match = _trie.Longest(PieceTrie.Root, text[start..], out var length);
            from = start + Math.Max(length, 1);
            if (match == PieceTrie.None) continue;
            var token = _tokens[match];
            var end = start + length;
            if (token.Special && Touches(plain, start, end)) continue;
            if (token.SingleWord && !StandsAlone(text[..start], text[end..])) continue;
            if (token.LeftStrip) start = Math.Max(text[..start].TrimEnd().Length, taken);
            if (token.RightStrip) end = text.Length - text[end..].TrimStart().Length;
            // White space alone that the token before it has taken.
            if (start >= end) continue;
            return new(start, end, token.Id);
        }

        from = text.Length;
        return null;
    }

    /// <summary>Whether a range has anything of the parts, which are in order.</summary>
    public static bool Touches(ReadOnlySpan<TextSpan> parts, int start, int end)
    {
        var (low, high) = (0, parts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (parts[middle].End <= start) low = middle + 1;
            else high = middle;
        }

        return low < parts.Length && parts[low].Start < end;
    }

    private static bool StandsAlone(ReadOnlySpan<char> before, ReadOnlySpan<char> after) =>
        (before.IsEmpty || !WordCharacter.Is(CodePoint.ReadLast(before))) && (after.IsEmpty || !WordCharacter.Is(CodePoint.Read(after, 0, out _)));
}
