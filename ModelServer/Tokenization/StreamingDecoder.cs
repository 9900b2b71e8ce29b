using ModelServer.Tokenization.Decoders;

namespace ModelServer.Tokenization;

/// <summary>
/// Decodes tokens as they come. All that <see cref="Append"/> and <see cref="Flush"/> return, in order, is what
/// <see cref="HuggingFaceTokenizer.Decode(ReadOnlySpan{int}, bool, bool)"/> makes of all ids without clean-up: both go the same way.
/// A token costs what its own text costs. For one text, used by one thread at a time.
/// </summary>
internal sealed class StreamingDecoder
{
    private readonly HuggingFaceTokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly IReadOnlySet<int>? _shown;
    private readonly DecodedText _text = new();
    private readonly ITextSink _tokens;

    /// <param name="tokenizer">Whose tokens they are.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="shown">Those that are not; null for none.</param>
    public StreamingDecoder(HuggingFaceTokenizer tokenizer, bool skipSpecialTokens, IReadOnlySet<int>? shown = null)
    {
        (_tokenizer, _skipSpecialTokens, _shown) = (tokenizer, skipSpecialTokens, shown);
        _tokens = tokenizer.StartDecoding(_text);
    }

    /// <summary>The text that became certain with this token: often its own, nothing while a character is incomplete.</summary>
    /// <param name="id">A token id. One that belongs to no token is left out.</param>
    public string Append(int id)
    {
        if (_tokenizer.DecodableToken(id, _skipSpecialTokens && _shown?.Contains(id) is not true) is { } token) _tokens.Append(token);
        return _text.Take();
    }

    /// <summary>What was held back; an incomplete character becomes U+FFFD. Nothing may be appended afterwards.</summary>
    public string Flush()
    {
        _tokens.End();
        return _text.Take();
    }
}
