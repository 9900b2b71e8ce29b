using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.PostProcessing;

/// <summary>All tokens of a text, without a template's: for whoever puts parts of it beside others and need not tokenize it for each.</summary>
/// <param name="pieces">Its tokens; spaces are not trimmed yet, as the reference trims what it keeps.</param>
/// <param name="added">Which of them are added tokens.</param>
/// <param name="wordStarts">The index of the first token of each word, as the pre-tokenizer cut them; of a word without tokens, of the token behind it.</param>
internal sealed class TokenizedText(string text, Piece[] pieces, List<AddedPiece> added, int[] wordStarts)
{
    public string Text => text;

    public int Length => pieces.Length;

    public List<AddedPiece> Added => added;

    /// <summary>A copy of some of the tokens.</summary>
    public Piece[] this[TextSpan span] => pieces[span.Start..span.End];

    /// <summary>The words that some of the tokens are part of, by number.</summary>
    public int[] Words(TextSpan span)
    {
        var words = new int[span.End - span.Start];
        for (int token = span.Start, word = WordOf(span.Start); token < span.End; token++)
        {
            // Where words have no tokens, several begin at one place: the last of them has the token.
            while (word + 1 < wordStarts.Length && wordStarts[word + 1] <= token) word++;
            words[token - span.Start] = word;
        }

        return words;
    }

    private int WordOf(int token) => Array.BinarySearch(wordStarts, token) is >= 0 and var word ? word : ~Array.BinarySearch(wordStarts, token) - 1;
}
