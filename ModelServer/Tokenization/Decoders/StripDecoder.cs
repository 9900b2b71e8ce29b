namespace ModelServer.Tokenization.Decoders;

/// <summary>Removes up to so many of one character from the start and from the end of each token, or of the text as one.</summary>
internal sealed class StripDecoder(char content, int start, int stop, bool asOne) : ITokenDecoder
{
    private readonly TokenMapDecoder _tokenByToken = new((token, _) =>
    {
        token = token[Math.Min(start, token.Length - token.TrimStart(content).Length)..];
        return token[..^Math.Min(stop, token.Length - token.TrimEnd(content).Length)];
    });

    public ITextSink Start(ITextSink next) => asOne ? new TextSink(content, start, stop, next) : _tokenByToken.Start(next);

    private sealed class TextSink(char content, int start, int stop, ITextSink next) : ITextSink
    {
        private int _left = start, _held;

        public void Append(ReadOnlySpan<char> part)
        {
            for (; _left > 0 && !part.IsEmpty; _left--)
            {
                if (part[0] == content) part = part[1..];
                else _left = 1;
            }

            var body = part.TrimEnd(content);
            if (!body.IsEmpty)
            {
                Release(_held);
                next.Append(body);
            }

            _held += part.Length - body.Length;
            Release(_held - stop);
        }

        public void End() => next.End();

        // Of a trailing run, what exceeds "stop" is certain.
        private void Release(int count)
        {
            if (count <= 0) return;
            next.Append(new string(content, count));
            _held -= count;
        }
    }
}
