using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>What Google's translation models do first: leaves out control characters, and writes other blanks, joiners and ▁ as spaces.</summary>
internal sealed class NmtNormalizer : ITextNormalizer
{
    public int MaxExpansion(bool ascii) => 1;

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        var first = chars.IndexOfAnyExceptInRange(' ', '~');
        if (first < 0) return;
        var rewriter = text.Rewrite();
        rewriter.Copy(0, first);
        for (int i = first, length; i < chars.Length; i += length)
        {
            var c = CodePoint.Read(chars, i, out length);
            if (!IsRemoved(c)) rewriter.Append(IsBlank(c) ? ' ' : c, i, length);
        }

        rewriter.Commit();
    }

    private static bool IsRemoved(int c) => c is >= 1 and <= 8 or 0xB or >= 0xE and <= 0x1F or 0x7F or 0x8F or 0x9F;

    private static bool IsBlank(int c) => c is '\t' or '\n' or '\f' or '\r' or 0x1680 or >= 0x200B and <= 0x200F or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD;
}
