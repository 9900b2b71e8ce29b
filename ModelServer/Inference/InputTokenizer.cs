using ModelServer.Encoders;
using ModelServer.Requests;
using ModelServer.Scheduling;
using ServiceDefaults;

namespace ModelServer.Inference;

/// <summary>Turns inputs into sequences that fit their model.</summary>
internal static class InputTokenizer
{
    /// <summary>Tokens an input can have at most, told without tokenizing it.</summary>
    public static int UpperBound(EncoderModel model, EncoderInput input, int maxTokens) => Math.Min(maxTokens, input switch
    {
        TextInput text => model.Tokenizer.UpperBound(text.Text, text.Pair),
        TokenInput tokens => tokens.Ids.Length,
        _ => maxTokens,
    });

    /// <param name="lane">Where it will wait.</param>
    /// <param name="field">The field that holds the inputs, for messages.</param>
    /// <param name="truncate">Whether an input that is too long is cut.</param>
    /// <exception cref="InvalidFieldException">The input has no tokens, or more than allowed and is not to be truncated, or cannot be, or a token id is none
    /// of the model's.</exception>
    public static EncoderSequence Encode(EncoderModel model, EncoderInput input, int maxTokens, QueueLane lane, string field, bool truncate)
    {
        var (ids, typeIds) = input is TextInput text ? Encode(model, text, maxTokens, field, truncate) : Take(model, (TokenInput)input, maxTokens, field, truncate);
        // A tokenizer without special tokens makes nothing of a text whose every character it drops.
        if (ids.Length == 0) throw new InvalidFieldException(field, $"{field} has an item without tokens.");
        return new EncoderSequence(ids, typeIds, lane);
    }

    private static (int[] Ids, int[] TypeIds) Encode(EncoderModel model, TextInput input, int maxTokens, string field, bool truncate)
    {
        try
        {
            var encoding = model.Tokenizer.Encode(input.Text, input.Pair, maxLength: maxTokens, truncate: truncate, strategy: input.Truncation);
            if (encoding.Ids.Length > maxTokens) throw TooLong(encoding.Ids.Length, maxTokens, field);
            return (encoding.Ids, encoding.TypeIds);
        }
        catch (ArgumentException) when (truncate && input.Pair is not null)
        {
            // The text that is to give way is too short to make room for the other.
            throw TooLong(model.Tokenizer.Count(input.Text, input.Pair), maxTokens, field);
        }
    }

    private static (int[] Ids, int[] TypeIds) Take(EncoderModel model, TokenInput input, int maxTokens, string field, bool truncate)
    {
        var ids = input.Ids;
        if (ids.Length > maxTokens) ids = truncate ? ids[..maxTokens] : throw TooLong(ids.Length, maxTokens, field);
        foreach (var id in ids)
            if ((uint)id >= (uint)model.VocabularySize) throw new InvalidFieldException(field, $"{field} has the token id {id}; the model's are 0 to {model.VocabularySize - 1}.");
        return (ids, new int[ids.Length]);
    }

    private static InvalidFieldException TooLong(int tokens, int maxTokens, string field)
        => new(field, $"The input has {tokens} tokens; the model takes at most {maxTokens}. Shorten it or set truncate.", "input_too_long");
}
