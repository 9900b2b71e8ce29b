using ModelServer.Inference;
using ModelServer.Requests;
using ModelServer.Tokenization;
using ModelServer.Tokenization.PostProcessing;
using ModelServer.Tokenization.Texts;

namespace ModelServer.ZeroShot;

/// <summary>Each text beside each hypothesis, text by text. A text that is too long gives way, a hypothesis never.</summary>
/// <param name="Truncate">Whether texts are cut rather than refused.</param>
internal sealed record HypothesisPairs(string[] Texts, string[] Hypotheses, bool Truncate)
{
    public int Count => Texts.Length * Hypotheses.Length;

    /// <summary>Tokens of all pairs at most, told without tokenizing.</summary>
    public long UpperBound(EncoderModel model)
    {
        var special = model.Tokenizer.SpecialTokenCount(isPair: true);
        var hypotheses = Array.ConvertAll(Hypotheses, h => (long)model.Tokenizer.UpperBound(h));
        return Texts.Sum(t => Bound(model.Tokenizer.UpperBound(t)));

        long Bound(long text) => hypotheses.Sum(h => Math.Min(text + h + special, model.MaxTokens));
    }

    /// <summary>The pairs as the model takes them; each text and each hypothesis is tokenized once.</summary>
    /// <exception cref="InvalidFieldException">A label leaves no room for a text, a text has no tokens, or is too long and not to be cut.</exception>
    public EncodedInput[] Tokenize(EncoderModel model)
    {
        var (tokenizer, pairs) = (model.Tokenizer, new List<EncodedInput>(Count));
        var hypotheses = Array.ConvertAll(Hypotheses, tokenizer.Tokenize);
        for (var i = 0; i < Texts.Length; i++)
        {
            var text = tokenizer.Tokenize(Texts[i]);
            if (text.Length == 0) throw new InvalidFieldException("input", "input has an item without tokens.");
            for (var label = 0; label < hypotheses.Length; label++)
            {
                var kept = Kept(tokenizer, text, hypotheses[label], label, model.MaxTokens);
                var encoding = tokenizer.Join(text, kept, hypotheses[label], new(0, hypotheses[label].Length));
                pairs.Add(new(encoding.Ids, encoding.TypeIds));
            }
        }

        return [.. pairs];
    }

    private TextSpan Kept(HuggingFaceTokenizer tokenizer, TokenizedText text, TokenizedText hypothesis, int label, int maxTokens)
    {
        var others = hypothesis.Length + tokenizer.SpecialTokenCount(isPair: true);
        if (others >= maxTokens)
            throw new InvalidFieldException($"labels[{label}]", $"The hypothesis of labels[{label}] has {others} tokens with the special ones; the model takes at most {maxTokens} together with a text. Shorten it.", "input_too_long");
        var room = maxTokens - others;
        if (text.Length <= room) return new(0, text.Length);
        if (!Truncate)
            throw new InvalidFieldException("input", $"The input has {text.Length + others} tokens together with the hypothesis of labels[{label}]; the model takes at most {maxTokens}. Shorten it or set truncate.", "input_too_long");
        return tokenizer.TruncationSide == TruncationSide.Right ? new(0, room) : new(text.Length - room, text.Length);
    }
}
