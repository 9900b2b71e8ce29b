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
        using var matches = new PatternMatcher(pattern, chars);
        if (!matches.Next(out var match)) return;
        var rewriter = text.Rewrite();
        var taken = 0;
        do
        {
            rewriter.Copy(taken, match.Start);
            var last = CodePoint.LengthBefore(chars, match.End);
            foreach (var c in content) rewriter.AppendUnit(c, match.End - last, last);
            taken = match.End;
        }
        while (matches.Next(out match));
        rewriter.Copy(taken, chars.Length);
        rewriter.Commit();
    }
}

/// <summary>Replaces one character by another, which keeps every place.</summary>
internal sealed class CharacterReplaceNormalizer(char from, char to) : ITextNormalizer
{
    public int MaxExpansion(bool ascii) => 1;

    public void Normalize(NormalizedText text) => text.Chars.Replace(from, to);
}
