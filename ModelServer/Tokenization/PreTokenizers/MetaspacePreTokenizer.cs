using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>Writes spaces as a mark, puts one before the text where asked for, and cuts before each mark.</summary>
internal sealed class MetaspacePreTokenizer : IPreTokenizer
{
    private readonly MetaspaceSettings _settings;
    private readonly Action<PreTokenizedText, Slice> _cut;

    public MetaspacePreTokenizer(MetaspaceSettings settings) => (_settings, _cut) = (settings, Cut);

    public int MaxPrefix => _settings.Scheme == PrependScheme.Never ? 0 : 1;

    public void PreTokenize(PreTokenizedText text)
    {
        // Added tokens keep their ids whatever becomes of their spaces.
        text.Text.Chars.Replace(' ', _settings.Mark);
        if (_settings.Scheme != PrependScheme.Never) text.PutBefore(_settings.Mark, onlyAtStart: _settings.Scheme == PrependScheme.First);
        if (_settings.Split) text.Split(_cut);
    }

    private void Cut(PreTokenizedText text, Slice slice)
    {
        var chars = text.Text.Chars[..slice.End];
        for (var start = slice.Start; start < slice.End;)
        {
            var length = chars[(start + 1)..].IndexOf(_settings.Mark) is >= 0 and var next ? next + 1 : slice.End - start;
            text.Add(new(start, start + length));
            start += length;
        }
    }
}
