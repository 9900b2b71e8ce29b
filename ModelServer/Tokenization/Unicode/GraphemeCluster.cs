using System.Buffers;
using System.Globalization;

namespace ModelServer.Tokenization.Unicode;

/// <summary>Extended grapheme clusters (Unicode Standard Annex 29), which readers take for one character.</summary>
internal static class GraphemeCluster
{
    private const char NonJoiner = '\u200C';
    private const string Joiner = "\u200D";

    // Indic_Conjunct_Break: the consonants and the viramas of the scripts that write conjuncts.
    private static readonly SearchValues<char> Linkers = SearchValues.Create("\u094D\u09CD\u0ACD\u0B4D\u0C4D\u0D4D");
    private static readonly SearchValues<char> Consonants = SearchValues.Create([.. Of(
        0x915, 0x939, 0x958, 0x95F, 0x978, 0x97F, 0x995, 0x9A8, 0x9AA, 0x9B0, 0x9B2, 0x9B2, 0x9B6, 0x9B9, 0x9DC, 0x9DD, 0x9DF, 0x9DF, 0x9F0, 0x9F1,
        0xA95, 0xAA8, 0xAAA, 0xAB0, 0xAB2, 0xAB3, 0xAB5, 0xAB9, 0xAF9, 0xAF9, 0xB15, 0xB28, 0xB2A, 0xB30, 0xB32, 0xB33, 0xB35, 0xB39, 0xB5C, 0xB5D, 0xB5F, 0xB5F, 0xB71, 0xB71,
        0xC15, 0xC28, 0xC2A, 0xC39, 0xC58, 0xC5A, 0xD15, 0xD3A)]);

    /// <summary>How many units the cluster has that a text begins with.</summary>
    public static int Length(ReadOnlySpan<char> text)
    {
        var length = StringInfo.GetNextTextElementLength(text);
        // The framework lacks rule 9c: consonants with a virama between them stay together.
        for (var start = 0; length < text.Length && Consonants.Contains(text[length]) && EndsLinked(text[start..length]);)
        {
            start = length;
            length += StringInfo.GetNextTextElementLength(text[length..]);
        }

        return length;
    }

    /// <summary>Whether a text ends with a consonant and marks after it, at least one of them a virama.</summary>
    private static bool EndsLinked(ReadOnlySpan<char> text)
    {
        var consonant = text.LastIndexOfAny(Consonants);
        if (consonant < 0) return false;
        var marks = text[(consonant + 1)..];
        return marks.ContainsAny(Linkers) && !marks.Contains(NonJoiner) && Extend(marks);
    }

    // Marks that are not spacing stand between a picture and the joiner that ties it to another without parting them (rule 11).
    private static bool Extend(ReadOnlySpan<char> marks)
    {
        var sequence = $"\u00A9{marks.ToString().Replace(Joiner, "", StringComparison.Ordinal)}{Joiner}\u00A9";
        return StringInfo.GetNextTextElementLength(sequence) == sequence.Length;
    }

    private static IEnumerable<char> Of(params int[] ends) => ends.Chunk(2).SelectMany(r => Enumerable.Range(r[0], r[1] - r[0] + 1)).Select(c => (char)c);
}
