using System.Text;

namespace ModelServer.Tokenization.Unicode;

/// <summary>Code points of UTF-16 text that is known to be well formed.</summary>
internal static class CodePoint
{
    public static int Read(ReadOnlySpan<char> text, int index, out int length)
    {
        var c = text[index];
        if (!char.IsHighSurrogate(c))
        {
            length = 1;
            return c;
        }

        length = 2;
        return char.ConvertToUtf32(c, text[index + 1]);
    }

    public static int ReadLast(ReadOnlySpan<char> text) =>
        char.IsLowSurrogate(text[^1]) ? char.ConvertToUtf32(text[^2], text[^1]) : text[^1];

    /// <summary>How many units the code point at <paramref name="index"/> has.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int index) => char.IsHighSurrogate(text[index]) ? 2 : 1;

    /// <summary>How many units the code point that ends before <paramref name="index"/> has.</summary>
    public static int LengthBefore(ReadOnlySpan<char> text, int index) => char.IsLowSurrogate(text[index - 1]) ? 2 : 1;

    public static int Count(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        foreach (var c in text) if (char.IsLowSurrogate(c)) count--;
        return count;
    }

    /// <summary>
    /// The same text with each lone surrogate replaced by U+FFFD, which keeps every index. The reference library's strings
    /// cannot hold lone surrogates; their senders replace them so.
    /// </summary>
    public static ReadOnlySpan<char> WellFormed(ReadOnlySpan<char> text)
    {
        var first = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0) return text;
        char[]? repaired = null;
        for (var i = first; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else (repaired ??= text.ToArray())[i] = (char)Rune.ReplacementChar.Value;
        }

        return repaired ?? text;
    }
}
