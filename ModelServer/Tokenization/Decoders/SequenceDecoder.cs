namespace ModelServer.Tokenization.Decoders;

internal sealed class SequenceDecoder(IReadOnlyList<ITokenDecoder> steps) : ITokenDecoder
{
    public ITextSink Start(ITextSink next)
    {
        for (var i = steps.Count - 1; i >= 0; i--) next = steps[i].Start(next);
        return next;
    }

    public byte[]? BytesOf(ReadOnlySpan<char> token)
    {
        foreach (var step in steps)
            if (step.BytesOf(token) is { } bytes) return bytes;
        return null;
    }
}
