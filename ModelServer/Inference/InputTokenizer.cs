using ModelServer.Encoders;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.Inference;

/// <summary>Turns inputs into sequences that fit their model.</summary>
internal static class InputTokenizer
{
    /// <summary>Tokens an input can have at most, told without tokenizing it.</summary>
    public static int UpperBound(LoadedModel model, EncoderInput input, int maxTokens) => Math.Min(maxTokens, input switch
    {
        TextInput text => model.Tokenizer.UpperBound(text.Text, text.Pair),
        TokenInput tokens => tokens.Ids.Length,
        _ => maxTokens,
    });

    /// <param name="request">Who asks, the name of the field, and whether inputs may be cut.</param>
    /// <exception cref="InputTooLongException">The input has more tokens than allowed and is not to be truncated, or cannot be.</exception>
    /// <exception cref="InvalidFieldException">The input has no tokens, or a token id is none of the model's.</exception>
    public static EncoderSequence Encode(LoadedModel model, EncoderInput input, int maxTokens, EncoderRequest request)
    {
        var (ids, typeIds) = input is TextInput text ? Encode(model, text, maxTokens, request) : Take(model, (TokenInput)input, maxTokens, request);
        // A tokenizer without special tokens makes nothing of a text whose every character it drops.
        if (ids.Length == 0) throw new InvalidFieldException(request.Field, $"{request.Field} has an item without tokens.");
        return new EncoderSequence(ids, typeIds, request.Caller);
    }

    private static (int[] Ids, int[] TypeIds) Encode(LoadedModel model, TextInput input, int maxTokens, EncoderRequest request)
    {
        try
        {
            var encoding = model.Tokenizer.Encode(input.Text, input.Pair, maxLength: maxTokens, truncate: request.Truncate, strategy: input.Truncation);
            if (encoding.Ids.Length > maxTokens) throw new InputTooLongException(encoding.Ids.Length, maxTokens, request.Field);
            return (encoding.Ids, encoding.TypeIds);
        }
        catch (ArgumentException) when (request.Truncate && input.Pair is not null)
        {
            // The text that is to give way is too short to make room for the other.
            throw new InputTooLongException(model.Tokenizer.Count(input.Text, input.Pair), maxTokens, request.Field);
        }
    }

    private static (int[] Ids, int[] TypeIds) Take(LoadedModel model, TokenInput input, int maxTokens, EncoderRequest request)
    {
        var ids = input.Ids;
        if (ids.Length > maxTokens) ids = request.Truncate ? ids[..maxTokens] : throw new InputTooLongException(ids.Length, maxTokens, request.Field);
        foreach (var id in ids)
            if ((uint)id >= (uint)model.VocabularySize) throw new InvalidFieldException(request.Field, $"{request.Field} has the token id {id}; the model's are 0 to {model.VocabularySize - 1}.");
        return (ids, new int[ids.Length]);
    }
}

/// <summary>An input does not fit its model.</summary>
internal sealed class InputTooLongException(int tokens, int maxTokens, string param)
    : Exception($"The input has {tokens} tokens; the model takes at most {maxTokens}. Shorten it or set truncate.")
{
    public string Param => param;
}

/// <summary>A field does not suit the model that was chosen; the message is for the caller.</summary>
internal sealed class InvalidFieldException(string param, string message) : Exception(message)
{
    public string Param => param;
}
