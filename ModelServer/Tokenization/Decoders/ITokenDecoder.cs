namespace ModelServer.Tokenization.Decoders;

/// <summary>The "decoder" section: turns tokens back into text, one after the other. Stateless; what is between tokens is in the sinks.</summary>
internal interface ITokenDecoder
{
    /// <summary>Begins a text: tokens go into the sink returned, what they became goes on to <paramref name="next"/>.</summary>
    ITextSink Start(ITextSink next);

    /// <summary>The bytes that a token spells, which need not be whole characters; null for one that is text.</summary>
    byte[]? BytesOf(ReadOnlySpan<char> token) => null;
}

/// <summary>Takes the parts of one text in order.</summary>
internal interface ITextSink
{
    void Append(ReadOnlySpan<char> part);

    /// <summary>There are no more parts: what was held back goes on.</summary>
    void End();
}
