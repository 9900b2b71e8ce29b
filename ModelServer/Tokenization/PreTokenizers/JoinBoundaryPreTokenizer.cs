using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>
/// Cuts where no merge joins, after what the file itself cuts. That changes no token; but a text that its file leaves whole, as Gemma's, becomes words, which are short and come again.
/// </summary>
internal sealed class JoinBoundaryPreTokenizer(JoinedCharacters joined) : IPreTokenizer
{
    public static IPreTokenizer After(IPreTokenizer? steps, JoinedCharacters joined)
    {
        var words = new JoinBoundaryPreTokenizer(joined);
        return steps is null ? words : new SequencePreTokenizer([steps, words]);
    }

    public void PreTokenize(PreTokenizedText text) => text.Split(Split);

    private void Split(PreTokenizedText text, Slice slice)
    {
        var chars = text.Text.Chars;
        var left = CodePoint.Read(chars, slice.Start, out var length);
        var start = slice.Start;
        for (var i = start + length; i < slice.End; i += length)
        {
            var right = CodePoint.Read(chars, i, out length);
            if (!joined.Contains(left, right))
            {
                text.Add(new(start, i));
                start = i;
            }

            left = right;
        }

        text.Add(new(start, slice.End));
    }
}
