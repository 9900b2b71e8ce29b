using System.Text;
using ModelServer.Tokenization.Decoders;

namespace ModelServer.Tokenization;

/// <summary>Where decoding ends: collects text until it is taken.</summary>
internal sealed class DecodedText : ITextSink
{
    private readonly StringBuilder _text = new();

    public void Append(ReadOnlySpan<char> part) => _text.Append(part);

    public void End()
    {
    }

    /// <summary>What came since it was last taken.</summary>
    public string Take()
    {
        if (_text.Length == 0) return "";
        var text = _text.ToString();
        _text.Clear();
        return text;
    }
}
