using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace ModelServer.Tokenization.Decoders;

/// <summary>
/// Reads each run of tokens like &lt;0xE2&gt; as UTF-8. A run that is not valid as a whole becomes one U+FFFD for each of its bytes, so
/// nothing of it is certain before it ends.
/// </summary>
internal sealed class ByteFallbackDecoder : ITokenDecoder
{
    public ITextSink Start(ITextSink next) => new Sink(next);

    public byte[]? BytesOf(ReadOnlySpan<char> token) => TryRead(token, out var value) ? [value] : null;

    private static bool TryRead(ReadOnlySpan<char> token, out byte value)
    {
        value = 0;
        // The reference takes a plus sign for a digit.
        return token is ['<', '0', 'x', var high, _, '>'] && byte.TryParse(high == '+' ? token[4..5] : token[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private sealed class Sink(ITextSink next) : ITextSink
    {
        private readonly List<byte> _run = [];

        public void Append(ReadOnlySpan<char> part)
        {
            if (TryRead(part, out var value))
            {
                _run.Add(value);
                return;
            }

            EndRun();
            next.Append(part);
        }

        public void End()
        {
            EndRun();
            next.End();
        }

        private void EndRun()
        {
            if (_run.Count == 0) return;
            var bytes = CollectionsMarshal.AsSpan(_run);
            if (Utf8.IsValid(bytes)) next.Append(Encoding.UTF8.GetString(bytes));
            else foreach (var _ in bytes) next.Append("\uFFFD");
            _run.Clear();
        }
    }
}
