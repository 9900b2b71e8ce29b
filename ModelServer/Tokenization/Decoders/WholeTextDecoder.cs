using System.Text;

namespace ModelServer.Tokenization.Decoders;

/// <summary>Gives a step that follows the joining of all tokens the text as one token: nothing of it is certain before the end.</summary>
internal sealed class WholeTextDecoder(ITokenDecoder step) : ITokenDecoder
{
    public ITextSink Start(ITextSink next) => new Sink(step.Start(next));

    private sealed class Sink(ITextSink step) : ITextSink
    {
        private readonly StringBuilder _text = new();

        public void Append(ReadOnlySpan<char> part) => _text.Append(part);

        public void End()
        {
            step.Append(_text.ToString());
            step.End();
        }
    }
}
