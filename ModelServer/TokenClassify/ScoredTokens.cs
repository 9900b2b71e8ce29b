using ModelServer.Encoders;
using ModelServer.Tokenization;

namespace ModelServer.TokenClassify;

/// <summary>A token of a text with the model's scores for it.</summary>
/// <param name="Index">Its place among all tokens of the text, special ones before it counted.</param>
/// <param name="Start">In UTF-16 units of the text.</param>
/// <param name="ContinuesWord">Whether it belongs to the word of the token before it.</param>
/// <param name="Scores">One for each label.</param>
internal readonly record struct ScoredToken(int Index, int Id, int Start, int End, bool ContinuesWord, ReadOnlyMemory<float> Scores);

/// <summary>Reads the tokens of sequences, as Hugging Face's pipeline gathers them (<c>gather_pre_entities</c>).</summary>
internal sealed class ScoredTokens(TokenClassificationModel model)
{
    private readonly HuggingFaceTokenizer _tokenizer = model.Tokenizer;
    private readonly int? _unknown = model.Tokenizer.Config.Role("unk_token") is { } token ? model.Tokenizer.TokenToId(token) : model.Tokenizer.UnknownId;

    /// <param name="text">What the sequence is of.</param>
    /// <param name="places">From <see cref="Tokenization.PostProcessing.TokenEncoding.CodePointPlaces"/>.</param>
    public List<ScoredToken> Of(string text, int[] places, EncoderSequence sequence, ReadOnlySpan<float> row)
    {
        var (encoding, labels) = (sequence.Encoding!, model.Labels.Length);
        var scores = TokenScores.Of(row, labels);
        var tokens = new List<ScoredToken>(encoding.Ids.Length);
        for (var i = 0; i < encoding.Ids.Length; i++)
        {
            // What the template added is not of the text.
            if (encoding.Sequences[i] < 0) continue;
            var (id, span) = (encoding.Ids[i], encoding.Offsets[i]);
            tokens.Add(new(sequence.TokensBefore + i, id, span.Start, span.End, ContinuesWord(text, places, id, span.Start, span.End), scores.AsMemory(i * labels, labels)));
        }

        return tokens;
    }

    /// <summary>The token as the vocabulary spells it; what is in no token as the text has it.</summary>
    public string Word(string text, ScoredToken token) => token.Id == _unknown ? text[token.Start..token.End] : _tokenizer.IdToToken(token.Id) ?? "";

    /// <summary>Where the vocabulary marks what continues a word, a token that is longer or shorter than its text is marked; elsewhere words begin at spaces.</summary>
    private bool ContinuesWord(string text, int[] places, int id, int start, int end)
    {
        if (id == _unknown) return false;
        if (_tokenizer.MarksContinuations) return CodePoints(_tokenizer.IdToToken(id) ?? "") != places[end] - places[start];
        return start > 0 && text[start - 1] != ' ' && (start == text.Length || text[start] != ' ');
    }

    private static int CodePoints(string token)
    {
        var count = token.Length;
        for (var i = 1; i < token.Length; i++)
            if (char.IsSurrogatePair(token[i - 1], token[i])) count--;
        return count;
    }
}
