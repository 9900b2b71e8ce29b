namespace ModelServer.Tokenization.Decoders;

/// <summary>The mark of a word's end becomes a space, in the last token nothing.</summary>
internal sealed class WordSuffixDecoder(string suffix) : ITokenDecoder
{
    public ITextSink Start(ITextSink next) => new Sink(suffix, next);

    private sealed class Sink(string suffix, ITextSink next) : ITextSink
    {
        private string? _last;

        public void Append(ReadOnlySpan<char> part)
        {
            if (_last is not null) next.Append(_last.Replace(suffix, " "));
            _last = part.ToString();
        }

        public void End()
        {
            if (_last is not null) next.Append(_last.Replace(suffix, ""));
            next.End();
        }
    }
}
