using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PostProcessing;

/// <summary>Takes the spaces that byte-level tokens begin or end with out of their offsets ("trim_offsets").</summary>
/// <param name="tokenOf">The token of an id.</param>
/// <param name="addPrefixSpace">Whether the space of the first token was put there and stands for none of the text.</param>
internal sealed class SpaceTrimmer(Func<int, string?> tokenOf, bool addPrefixSpace)
{
    private static readonly char Space = ByteAlphabet.Of((byte)' ');

    /// <param name="piece">A token and its place.</param>
    /// <param name="isFirst">Whether no token of its text is before it.</param>
    public TextSpan Trim(Piece piece, bool isFirst)
    {
        var token = tokenOf(piece.Id).AsSpan();
        var (leading, trailing, start, end) = (0, 0, piece.Start, piece.End);
        while (leading < token.Length && IsSpace(token[leading])) leading++;
        while (trailing < token.Length && IsSpace(token[^(trailing + 1)])) trailing++;
        if (leading == 1 && addPrefixSpace && (isFirst || start == 0)) leading = 0;
        start = Math.Min(start + leading, end);
        return new(start, end >= trailing ? Math.Max(end - trailing, start) : end);
    }

    private static bool IsSpace(char c) => c == Space || char.IsWhiteSpace(c);
}
