using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>
/// NFC, NFD, NFKC and NFKD. As in the reference library, a character that decomposes gives its first part its place, and each later
/// part has that of the last character taken; one that composes keeps the place of its first part; marks that change order take each
/// other's places.
/// </summary>
internal sealed class UnicodeFormNormalizer(bool compatible, bool compose) : ITextNormalizer
{
    private readonly UnicodeTables _tables = UnicodeTables.Instance;
    private readonly CharacterTraits _touched = CharacterTraits.Reorders
        | (compatible ? CharacterTraits.DecomposesCompatibly : CharacterTraits.Decomposes)
        | (compose ? CharacterTraits.ComposesBackwards : CharacterTraits.None);

    public int MaxExpansion(bool ascii) => ascii ? 1 : compatible ? 18 : compose ? 3 : 4;

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        var first = FirstTouched(chars);
        if (first == chars.Length) return;
        var parts = Decompose(chars);
        if (compose) Compose(parts);
        Write(text, parts);
    }

    private int FirstTouched(ReadOnlySpan<char> chars)
    {
        // ASCII has no form but its own.
        var i = chars.IndexOfAnyExceptInRange('\0', '\x7F') is >= 0 and var beyond ? beyond : chars.Length;
        for (int length; i < chars.Length; i += length)
        {
            if (_tables.Has(CodePoint.Read(chars, i, out length), _touched)) break;
        }

        return i;
    }

    private List<Part> Decompose(ReadOnlySpan<char> chars)
    {
        var parts = new List<Part>(chars.Length + 8);
        Span<int> scratch = stackalloc int[3];
        var marks = 0;
        for (int i = 0, length; i < chars.Length; i += length)
        {
            var c = CodePoint.Read(chars, i, out length);
            var consumed = 1;
            foreach (var part in _tables.Decompose(c, compatible, scratch))
            {
                var combining = _tables.CombiningClass(part);
                if (combining == 0) marks = Reorder(parts, marks);
                else marks++;
                parts.Add(new(part, combining, consumed));
                consumed = 0;
            }
        }

        Reorder(parts, marks);
        return parts;
    }

    /// <summary>Sorts the last <paramref name="marks"/> parts by combining class, equal ones as they stand.</summary>
    private static int Reorder(List<Part> parts, int marks)
    {
        if (marks < 2) return 0;
        var sorted = parts[^marks..].OrderBy(p => p.CombiningClass).ToArray();
        parts.RemoveRange(parts.Count - marks, marks);
        parts.AddRange(sorted);
        return 0;
    }

    private void Compose(List<Part> parts)
    {
        var (starter, kept, last) = (-1, 0, -1);
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            // A mark is blocked from the starter by one of its own class or higher between them; "last" is -1 when nothing stands between.
            if (starter >= 0 && (last < part.CombiningClass) && _tables.Compose(parts[starter].CodePoint, part.CodePoint) is { } composed)
            {
                parts[starter] = new(composed, 0, parts[starter].Consumed + part.Consumed);
                continue;
            }

            if (part.CombiningClass == 0) (starter, last) = (kept, -1);
            else last = part.CombiningClass;
            parts[kept++] = part;
        }

        parts.RemoveRange(kept, parts.Count - kept);
    }

    private static void Write(NormalizedText text, List<Part> parts)
    {
        var rewriter = text.Rewrite();
        var chars = text.Chars;
        var next = 0;
        foreach (var part in parts)
        {
            var from = part.Consumed > 0 ? next : next - CodePoint.LengthBefore(chars, next);
            for (var i = 0; i < part.Consumed; i++) next += CodePoint.LengthAt(chars, next);
            rewriter.Append(part.CodePoint, from, CodePoint.LengthAt(chars, from));
        }

        rewriter.Commit();
    }

    /// <summary>A code point on its way, with how many of the text's it stands for: 0 for the later parts of a decomposition.</summary>
    private readonly record struct Part(int CodePoint, int CombiningClass, int Consumed);
}
