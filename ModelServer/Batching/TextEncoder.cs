using ModelServer.Models;

namespace ModelServer.Batching;

/// <summary>Turns inputs into sequences that fit their model.</summary>
internal static class TextEncoder
{
    /// <summary>Tokens an input can have at most, told without tokenizing it.</summary>
    public static int UpperBound(LoadedModel model, EncoderInput input, int maxTokens) => Math.Min(maxTokens, input switch
    {
        TextInput text => model.Tokenizer.UpperBound(text.Text, text.Pair),
        TokenInput tokens => tokens.Ids.Length,
        _ => maxTokens,
    });

    /// <exception cref="InputTooLongException">The input has more tokens than allowed and is not to be truncated, or cannot be.</exception>
    /// <exception cref="InvalidFieldException">A token id is none of the model's.</exception>
    public static Sequence Encode(LoadedModel model, EncoderInput input, int maxTokens, bool truncate, Caller caller)
        => input is TextInput text ? Encode(model, text, maxTokens, truncate, caller) : Take(model, (TokenInput)input, maxTokens, truncate, caller);

    private static Sequence Encode(LoadedModel model, TextInput input, int maxTokens, bool truncate, Caller caller)
    {
        try
        {
            var encoding = model.Tokenizer.Encode(input.Text, input.Pair, maxLength: maxTokens, truncate: truncate, strategy: input.Truncation);
            if (encoding.Ids.Length > maxTokens) throw new InputTooLongException(encoding.Ids.Length, maxTokens);
            return new Sequence(encoding.Ids, encoding.TypeIds, caller);
        }
        catch (ArgumentException) when (truncate && input.Pair is not null)
        {
            // The text that is to give way is too short to make room for the other.
            throw new InputTooLongException(model.Tokenizer.Count(input.Text, input.Pair), maxTokens);
        }
    }

    private static Sequence Take(LoadedModel model, TokenInput input, int maxTokens, bool truncate, Caller caller)
    {
        var ids = input.Ids;
        if (ids.Length > maxTokens) ids = truncate ? ids[..maxTokens] : throw new InputTooLongException(ids.Length, maxTokens);
        foreach (var id in ids)
            if ((uint)id >= (uint)model.VocabularySize) throw new InvalidFieldException("input", $"input has the token id {id}; the model's are 0 to {model.VocabularySize - 1}.");
        return new Sequence(ids, new int[ids.Length], caller);
    }
}

/// <summary>An input does not fit its model.</summary>
internal sealed class InputTooLongException(int tokens, int maxTokens)
    : Exception($"The input has {tokens} tokens; the model takes at most {maxTokens}. Shorten it or set truncate.");

/// <summary>A field does not suit the model that was chosen; the message is for the caller.</summary>
internal sealed class InvalidFieldException(string param, string message) : Exception(message)
{
    public string Param => param;
}
