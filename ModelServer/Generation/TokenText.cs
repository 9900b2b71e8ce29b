using ModelServer.Tokenization;

namespace ModelServer.Generation;

internal static class TokenText
{
    /// <summary>The text of a token behind another: at the beginning of a text some decoders leave out a space that belongs to it.</summary>
    public static string After(this HuggingFaceTokenizer tokenizer, int previous, int id)
    {
        var before = tokenizer.Decode([previous], skipSpecialTokens: false);
        var both = tokenizer.Decode([previous, id], skipSpecialTokens: false);
        return both.StartsWith(before, StringComparison.Ordinal) ? both[before.Length..] : tokenizer.Decode([id], skipSpecialTokens: false);
    }
}
