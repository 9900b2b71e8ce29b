using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>
/// Cuts at white space, which is dropped, and around punctuation, each character of which is a word of its own: both
/// ("BertPreTokenizer"), white space alone ("WhitespaceSplit") or punctuation alone ("Punctuation", isolated).
/// </summary>
internal sealed class DelimiterPreTokenizer : IPreTokenizer
{
    private readonly UnicodeTables _tables = UnicodeTables.Instance;
    private readonly Delimiter[] _ascii = new Delimiter[128];
    private readonly Action<PreTokenizedText, Slice> _split;
    private readonly bool _whiteSpace, _punctuation;

    public DelimiterPreTokenizer(bool whiteSpace, bool punctuation)
    {
        (_whiteSpace, _punctuation) = (whiteSpace, punctuation);
        for (var c = 0; c < _ascii.Length; c++) _ascii[c] = char.IsAsciiLetterOrDigit((char)c) ? Delimiter.None : Classify(c);
        _split = Split;
    }

    private enum Delimiter : byte
    {
        None,
        Dropped,
        Isolated,
    }

    /// <summary>Unicode's punctuation, and all of ASCII that is neither letter, digit, space nor control.</summary>
    public static bool IsPunctuation(int c) => UnicodeTables.Instance.Has(c, CharacterTraits.Punctuation)
        || c < 128 && (char.IsPunctuation((char)c) || char.IsSymbol((char)c));

    public void PreTokenize(PreTokenizedText text) => text.Split(_split);

    private void Split(PreTokenizedText text, Slice slice)
    {
        var chars = text.Text.Chars;
        var word = slice.Start;
        for (int i = slice.Start, length = 1; i < slice.End; i += length, length = 1)
        {
            var delimiter = chars[i] < 128 ? _ascii[chars[i]] : Classify(CodePoint.Read(chars, i, out length));
            if (delimiter == Delimiter.None) continue;
            text.Add(new(word, i));
            if (delimiter == Delimiter.Isolated) text.Add(new(i, i + length));
            word = i + length;
        }

        text.Add(new(word, slice.End));
    }

    private Delimiter Classify(int c)
    {
        if (_whiteSpace && _tables.Has(c, CharacterTraits.WhiteSpace)) return Delimiter.Dropped;
        return _punctuation && IsPunctuation(c) ? Delimiter.Isolated : Delimiter.None;
    }
}
