using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>Words are runs of word characters and runs of what is neither such nor white space, which is dropped ("Whitespace").</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    private static readonly Kind[] Basic = [.. Enumerable.Range(0, 0x10000).Select(Classify)];

    private enum Kind : byte
    {
        Dropped,
        Word,
        Other,
    }

    public void PreTokenize(PreTokenizedText text) => text.Split(Split);

    private static void Split(PreTokenizedText text, Slice slice)
    {
        var chars = text.Text.Chars;
        var (start, run) = (slice.Start, Kind.Dropped);
        for (int i = slice.Start, length; i < slice.End; i += length)
        {
            var c = CodePoint.Read(chars, i, out length);
            var kind = c < Basic.Length ? Basic[c] : Classify(c);
            if (kind == run) continue;
            if (run != Kind.Dropped) text.Add(new(start, i));
            (start, run) = (i, kind);
        }

        if (run != Kind.Dropped) text.Add(new(start, slice.End));
    }

    private static Kind Classify(int c) =>
        WordCharacter.Is(c) ? Kind.Word : c < 0x10000 && char.IsWhiteSpace((char)c) ? Kind.Dropped : Kind.Other;
}
