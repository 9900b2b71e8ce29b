using System.Text;
using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.PreTokenizers;

namespace ModelServer.Tokenization.Decoders;

/// <summary>The decoders that turn each token into text by itself.</summary>
internal static class TokenMaps
{
    /// <summary>Tokens with a space between them, for tokenizers that have no decoder.</summary>
    public static TokenMapDecoder Spaces { get; } = new((token, isFirst) => isFirst ? token : $" {token}");

    /// <summary>Pieces that begin with the prefix join what is before them, others follow after a space.</summary>
    public static TokenMapDecoder WordPiece(string prefix, bool cleanUp) => new((token, isFirst) =>
    {
        if (!isFirst) token = token.StartsWith(prefix) ? token[prefix.Length..] : $" {token}";
        return cleanUp ? TokenCleanup.OfPiece(token) : token;
    });

    /// <summary>The mark becomes a space; in the first token it goes where encoding may have put it there.</summary>
    public static TokenMapDecoder Metaspace(MetaspaceSettings settings)
    {
        var (mark, prepends) = (settings.Mark.ToString(), settings.Scheme != PrependScheme.Never);
        return new((token, isFirst) => Replaced(token, mark, isFirst && prepends ? "" : " "));
    }

    public static TokenMapDecoder Replace(string pattern, string content) =>
        new((token, _) => Replaced(token, pattern, content));

    public static TokenMapDecoder Replace(TextPattern pattern, string content) => new((token, _) =>
    {
        using var matches = new PatternMatcher(pattern, token);
        if (!matches.Next(out var match)) return token;
        var (text, taken) = (new StringBuilder(), 0);
        do
        {
            text.Append(token[taken..match.Start]).Append(content);
            taken = match.End;
        }
        while (matches.Next(out match));
        return text.Append(token[taken..]).ToString();
    });

    private static ReadOnlySpan<char> Replaced(ReadOnlySpan<char> token, string pattern, string content) =>
        token.Contains(pattern, StringComparison.Ordinal) ? token.ToString().Replace(pattern, content) : token;
}
