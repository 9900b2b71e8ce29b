using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Removes white space from the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : ITextNormalizer
{
    public int MaxExpansion(bool ascii) => 1;

    public void Normalize(NormalizedText text)
    {
        ReadOnlySpan<char> chars = text.Chars;
        var start = left ? chars.Length - chars.TrimStart().Length : 0;
        var end = right ? Math.Max(start, chars.TrimEnd().Length) : chars.Length;
        if (end - start == chars.Length) return;
        var rewriter = text.Rewrite();
        rewriter.Copy(start, end);
        rewriter.Commit();
    }
}
