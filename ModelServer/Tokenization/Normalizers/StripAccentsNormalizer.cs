using System.Text;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Removes every mark that stands as a code point of its own; decompose first to strip what is composed.</summary>
internal sealed class StripAccentsNormalizer : ITextNormalizer
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
            if (!_tables.Has(c, CharacterTraits.Mark)) rewriter.Append(c, i, length);
        }

        rewriter.Commit();
    }
}
