using System.Text;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Lowers case; İ becomes i and a combining dot.</summary>
internal sealed class LowercaseNormalizer : ITextNormalizer
{
    private readonly UnicodeTables _tables = UnicodeTables.Instance;

    public int MaxExpansion(bool ascii) => ascii ? 1 : 2;

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        if (Ascii.IsValid(chars))
        {
            Ascii.ToLowerInPlace(chars, out _);
            return;
        }

        var rewriter = text.Rewrite();
        for (int i = 0, length; i < chars.Length; i += length)
        {
            var c = CodePoint.Read(chars, i, out length);
            var lower = _tables.Lower(c);
            if (lower.IsEmpty) rewriter.Append(c, i, length);
            foreach (var part in lower) rewriter.Append(part, i, length);
        }

        rewriter.Commit();
    }
}
