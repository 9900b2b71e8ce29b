using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>Writes spaces as a mark, puts one before the text where asked for, and cuts before each mark.</summary>
internal sealed class MetaspacePreTokenizer(MetaspaceSettings settings) : IPreTokenizer
{
    private readonly SplitPreTokenizer _words = new(TextPattern.Of(settings.Mark.ToString()), SplitBehavior.MergedWithNext);

    public int MaxPrefix => settings.Scheme == PrependScheme.Never ? 0 : 1;

    public void PreTokenize(PreTokenizedText text)
    {
        // Added tokens keep their ids whatever becomes of their spaces.
        text.Text.Chars.Replace(' ', settings.Mark);
        if (settings.Scheme != PrependScheme.Never) text.Rewrite((ref rewriter, chars, slice) => AddMark(text.Text, ref rewriter, chars, slice));
        if (settings.Split) _words.PreTokenize(text);
    }

    private void AddMark(NormalizedText text, ref NormalizedText.Rewriter rewriter, ReadOnlySpan<char> chars, Slice slice)
    {
        var first = CodePoint.LengthAt(chars, slice.Start);
        var place = settings.Scheme == PrependScheme.Always || text.Original(slice.Start, slice.End).Start == 0;
        if (place && chars[slice.Start] != settings.Mark) rewriter.AppendUnit(settings.Mark, slice.Start, first);
        rewriter.Copy(slice.Start, slice.End);
    }
}
