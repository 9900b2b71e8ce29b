namespace ModelServer.Tokenization.Decoders;

/// <summary>Turns each token into text by itself; all that it knows of the others is whether it is the first.</summary>
internal sealed class TokenMapDecoder(TokenMap map) : ITokenDecoder
{
    public ITextSink Start(ITextSink next) => new Sink(map, next);

    private sealed class Sink(TokenMap map, ITextSink next) : ITextSink
    {
        private bool _begun;

        public void Append(ReadOnlySpan<char> part)
        {
            next.Append(map(part, !_begun));
            _begun = true;
        }

        public void End() => next.End();
    }
}

/// <summary>The text of a token.</summary>
internal delegate ReadOnlySpan<char> TokenMap(ReadOnlySpan<char> token, bool isFirst);
