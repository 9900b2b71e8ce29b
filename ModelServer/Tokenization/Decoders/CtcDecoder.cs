namespace ModelServer.Tokenization.Decoders;

/// <summary>
/// For tokens that a model gives by the moment, as those of speech do (Connectionist Temporal Classification): of equal ones in a row one counts,
/// the padding token parts them and is nothing itself, and a token stands for the spaces.
/// </summary>
/// <param name="padding">The padding token.</param>
/// <param name="delimiter">The token for spaces; it becomes them only where there is clean-up, as in the reference.</param>
/// <param name="cleanUp">Whether spaces before punctuation and contractions go.</param>
internal sealed class CtcDecoder(string padding, string delimiter, bool cleanUp) : ITokenDecoder
{
    public ITextSink Start(ITextSink next) => new Sink(padding, delimiter, cleanUp, next);

    private sealed class Sink(string padding, string delimiter, bool cleanUp, ITextSink next) : ITextSink
    {
        private string? _last;

        public void Append(ReadOnlySpan<char> part)
        {
            if (_last is not null && part.SequenceEqual(_last)) return;
            _last = part.ToString();
            var text = padding.Length == 0 ? _last : _last.Replace(padding, "");
            if (cleanUp) text = TokenCleanup.OfPiece(text).ToString().Replace(delimiter, " ");
            if (text.Length > 0) next.Append(text);
        }

        public void End() => next.End();
    }
}
