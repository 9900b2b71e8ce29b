using System.Buffers;
using System.Text;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Cleans, isolates CJK ideographs, strips accents and lowers case, in that order, in one pass where that gives the same.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseChars, bool stripAccents, bool lowercase) : ITextNormalizer
{
    // VT and FF are not among the white space that is kept: like every other control character they are removed.
    private static readonly SearchValues<char> Blanks = SearchValues.Create("\t\n\r");
    private static readonly SearchValues<char> Removed = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c).Except("\t\n\r"), '\x7F']);

    private const CharacterTraits Changed = CharacterTraits.Decomposes | CharacterTraits.NonSpacing | CharacterTraits.Lowers;
    private readonly UnicodeTables _tables = UnicodeTables.Instance;
    private readonly SequenceNormalizer? _stepByStep = !stripAccents ? null : new(
    [
        new BertNormalizer(cleanText, handleChineseChars, stripAccents: false, lowercase: false), new UnicodeFormNormalizer(compatible: false, compose: false),
        new StripAccentsNormalizer(CharacterTraits.NonSpacing), .. lowercase ? [new LowercaseNormalizer()] : (ITextNormalizer[])[],
    ]);

    public int MaxExpansion(bool ascii) => ascii ? 1 : stripAccents ? 3 : 2;

    public void Normalize(NormalizedText text)
    {
        if (Ascii.IsValid(text.Chars) && !(cleanText && text.Chars.ContainsAny(Removed)))
        {
            if (cleanText) text.Chars.ReplaceAny(Blanks, ' ');
            if (lowercase) Ascii.ToLowerInPlace(text.Chars, out _);
            return;
        }

        var rewriter = text.Rewrite();
        var chars = text.Chars;
        for (int i = 0, length; i < chars.Length; i += length)
        {
            var c = CodePoint.Read(chars, i, out length);
            var traits = _tables.Traits(c);
            if (cleanText && c is not ('\t' or '\n' or '\r') && (c == 0xFFFD || (traits & CharacterTraits.Other) != 0)) continue;
            if (cleanText && (traits & CharacterTraits.WhiteSpace) != 0)
            {
                rewriter.Append(' ', i, length);
                continue;
            }

            var isolated = handleChineseChars && IsIdeograph(c);
            if (isolated) rewriter.Append(' ', i, length);
            if (_stepByStep is not null && (traits & CharacterTraits.MovesUnstripped) != 0)
            {
                // What is kept may change its order and its place with what is not, which one pass cannot know. Nothing is committed yet.
                _stepByStep.Normalize(text);
                return;
            }

            if ((traits & Changed) == 0) rewriter.Append(c, i, length);
            else if (stripAccents) Strip(ref rewriter, c, i, length);
            else Lower(ref rewriter, c, i, length);
            if (isolated) rewriter.Append(' ', i, length);
        }

        rewriter.Commit();
    }

    private void Strip(ref NormalizedText.Rewriter rewriter, int c, int from, int length)
    {
        Span<int> scratch = stackalloc int[3];
        foreach (var part in _tables.Decompose(c, compatible: false, scratch))
        {
            if (!_tables.Has(part, CharacterTraits.NonSpacing)) Lower(ref rewriter, part, from, length);
        }
    }

    private void Lower(ref NormalizedText.Rewriter rewriter, int c, int from, int length)
    {
        var lower = lowercase ? _tables.Lower(c) : [];
        if (lower.IsEmpty) rewriter.Append(c, from, length);
        foreach (var part in lower) rewriter.Append(part, from, length);
    }

    // The reference library's ranges to the letter: U+2B820-2B91F is not among them.
    private static bool IsIdeograph(int c) => c is
        >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F or
        >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
