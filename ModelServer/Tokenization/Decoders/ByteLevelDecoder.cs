using System.Buffers;
using System.Text;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Decoders;

/// <summary>
/// Joins the bytes that tokens spell in the byte-level alphabet and reads them as UTF-8; what is not becomes U+FFFD. A token with any
/// character outside the alphabet stands for its own text.
/// </summary>
internal sealed class ByteLevelDecoder : ITokenDecoder
{
    public ITextSink Start(ITextSink next) => new Sink(next);

    public byte[]? BytesOf(ReadOnlySpan<char> token)
    {
        var bytes = new byte[token.Length];
        return ByteAlphabet.TryRead(token, bytes) ? bytes : null;
    }

    private sealed class Sink(ITextSink next) : ITextSink
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

        public void Append(ReadOnlySpan<char> part)
        {
            var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(part.Length));
            var length = ByteAlphabet.TryRead(part, bytes) ? part.Length : Encoding.UTF8.GetBytes(part, bytes);
            Decode(bytes.AsSpan(0, length), flush: false);
            ArrayPool<byte>.Shared.Return(bytes);
        }

        public void End()
        {
            Decode([], flush: true);
            next.End();
        }

        private void Decode(ReadOnlySpan<byte> bytes, bool flush)
        {
            var chars = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(bytes.Length + 4));
            var length = _utf8.GetChars(bytes, chars, flush);
            if (length > 0) next.Append(chars.AsSpan(0, length));
            ArrayPool<char>.Shared.Return(chars);
        }
    }
}
