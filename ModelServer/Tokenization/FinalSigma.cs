using System.Globalization;

namespace ModelServer.Tokenization;

/// <summary>
/// The one rule of lower case that looks at its neighbours: Σ at the end of a word becomes ς. BERT's own preprocessing and
/// transformers.js follow it, and so do vocabularies; the Rust library, which maps code points one by one, gives σ.
/// </summary>
internal static class FinalSigma
{
    public const int Capital = 0x3A3, Final = 0x3C2;

    /// <summary>Whether the capital sigma at <paramref name="index"/> follows a cased letter and precedes none, marks skipped.</summary>
    public static bool IsFinal(ReadOnlySpan<char> text, int index)
    {
        var before = text[..index];
        while (!before.IsEmpty && IsSkipped(CodePoint.ReadLast(before))) before = before[..^(char.IsLowSurrogate(before[^1]) ? 2 : 1)];
        if (before.IsEmpty || !IsCased(CodePoint.ReadLast(before))) return false;
        var after = text[(index + 1)..];
        while (!after.IsEmpty && IsSkipped(CodePoint.Read(after, 0, out _))) after = after[(char.IsHighSurrogate(after[0]) ? 2 : 1)..];
        return after.IsEmpty || !IsCased(CodePoint.Read(after, 0, out _));
    }

    private static bool IsCased(int c) => CharUnicodeInfo.GetUnicodeCategory(c) <= UnicodeCategory.TitlecaseLetter;

    // Case_Ignorable, and the control characters that cleaning removes. White space ends a word.
    private static bool IsSkipped(int c) => CharUnicodeInfo.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => true,
        UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol => true,
        UnicodeCategory.Control => c is not ('\t' or '\n' or '\r'),
        _ => "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A".Contains((char)Math.Min(c, 0xFFFF)),
    };
}
