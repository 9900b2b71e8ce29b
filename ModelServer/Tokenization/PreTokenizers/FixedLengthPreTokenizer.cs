using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>Cuts into words of so many code points; the last one may be shorter.</summary>
internal sealed class FixedLengthPreTokenizer(int wordLength) : IPreTokenizer
{
    public void PreTokenize(PreTokenizedText text) => text.Split(Split);

    private void Split(PreTokenizedText text, Slice slice)
    {
        var chars = text.Text.Chars;
        for (int start = slice.Start, end; start < slice.End; start = end)
        {
            end = start;
            for (var count = 0; count < wordLength && end < slice.End; count++) end += CodePoint.LengthAt(chars, end);
            text.Add(new(start, end));
        }
    }
}
