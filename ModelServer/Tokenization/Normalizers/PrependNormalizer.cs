using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Puts a text before one that is not empty; it takes the place of the first character.</summary>
internal sealed class PrependNormalizer(string prefix) : ITextNormalizer
{
    public int MaxPrefix => prefix.Length;

    public int MaxExpansion(bool ascii) => 1;

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        if (chars.IsEmpty) return;
        var rewriter = text.Rewrite();
        foreach (var c in prefix) rewriter.AppendUnit(c, 0, CodePoint.LengthAt(chars, 0));
        rewriter.Copy(0, chars.Length);
        rewriter.Commit();
    }
}
