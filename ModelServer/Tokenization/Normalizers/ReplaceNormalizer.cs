using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Replaces each match of a pattern; what replaces it takes the place of its last character.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : ITextNormalizer
{
    public int MaxExpansion(bool ascii) => Math.Max(1, content.Length);

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        var (start, end) = pattern.Next(chars, 0);
        if (start == end) return;
        var rewriter = text.Rewrite();
        for (var taken = 0; ; (start, end) = pattern.Next(chars, taken))
        {
            rewriter.Copy(taken, start);
            if (start == end) break;
            var last = CodePoint.LengthBefore(chars, end);
            foreach (var c in content) rewriter.AppendUnit(c, end - last, last);
            taken = end;
        }

        rewriter.Commit();
    }
}

/// <summary>Replaces one character by another, which keeps every place.</summary>
internal sealed class CharacterReplaceNormalizer(char from, char to) : ITextNormalizer
{
    public int MaxExpansion(bool ascii) => 1;

    public void Normalize(NormalizedText text) => text.Chars.Replace(from, to);
}
