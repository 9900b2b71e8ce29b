using ModelServer.Models;

namespace ModelServer.Batching;

/// <summary>Turns texts into sequences that fit their model.</summary>
internal static class TextEncoder
{
    /// <summary>Tokens an input can have at most, told without tokenizing it.</summary>
    public static int UpperBound(LoadedModel model, TextInput input, int maxTokens)
        => Math.Min(maxTokens, model.Tokenizer.UpperBound(input.Text, input.Pair));

    /// <exception cref="InputTooLongException">The input has more tokens than allowed and is not to be truncated.</exception>
    public static Sequence Encode(LoadedModel model, TextInput input, int maxTokens, bool truncate, Caller caller)
    {
        var encoding = model.Tokenizer.Encode(input.Text, input.Pair, maxLength: maxTokens, truncate: truncate);
        if (encoding.Ids.Length > maxTokens) throw new InputTooLongException(encoding.Ids.Length, maxTokens);
        return new Sequence(encoding.Ids, encoding.TypeIds, caller);
    }
}

/// <summary>An input does not fit its model.</summary>
internal sealed class InputTooLongException(int tokens, int maxTokens)
    : Exception($"The input has {tokens} tokens; the model takes at most {maxTokens}. Shorten it or set truncate.");
