using System.Text;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Removes every mark that stands as a code point of its own; decompose first to strip what is composed.</summary>
/// <param name="marks">Which ones: any, or the nonspacing ones alone.</param>
internal sealed class StripAccentsNormalizer(CharacterTraits marks = CharacterTraits.Mark) : ITextNormalizer
{
    private readonly UnicodeTables _tables = UnicodeTables.Instance;

    public int MaxExpansion(bool ascii) => 1;

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        if (Ascii.IsValid(chars)) return;
        var rewriter = text.Rewrite();
        for (int i = 0, length; i < chars.Length; i += length)
        {
            var c = CodePoint.Read(chars, i, out length);
            if (!_tables.Has(c, marks)) rewriter.Append(c, i, length);
        }

        rewriter.Commit();
    }
}
