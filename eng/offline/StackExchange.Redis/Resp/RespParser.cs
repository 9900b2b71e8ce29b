using System.Buffers;
using System.Buffers.Text;

namespace StackExchange.Redis;

/// <summary>
/// RESP2: a type byte, a line, CRLF; <c>$n</c> is followed by n bytes and CRLF, <c>*n</c> by n replies; n = -1 is null.
/// A reply is measured before it is read, so that one arriving in pieces allocates nothing until it is whole.
/// </summary>
internal static class RespParser
{
    private const long MaxBulkLength = 512L << 20;
    private const int MaxDepth = 32;
    private const int MaxLineLength = 64 << 10;
    private static readonly RedisValue Ok = "OK";

    /// <summary>
    /// Whether a whole reply is there; if so its length, else how many bytes are needed before it is worth looking again.
    /// </summary>
    public static bool TryMeasure(in ReadOnlySequence<byte> buffer, out long length)
    {
        var reader = new SequenceReader<byte>(buffer);
        return TrySkip(ref reader, 0, out length);
    }

    public static RespReply Read(in ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return Read(ref reader);
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, int depth, out long length)
    {
        if (depth > MaxDepth) throw Malformed("replies are nested too deeply");
        if (!reader.TryReadTo(out ReadOnlySpan<byte> line, "\r\n"u8))
        {
            if (reader.Remaining > MaxLineLength) throw Malformed("a line has no end");
            length = reader.Consumed + reader.Remaining + 1;
            return false;
        }

        if (line.IsEmpty) throw Malformed("a line is empty");
        switch (line[0])
        {
            case (byte)'+' or (byte)'-' or (byte)':':
                break;
            case (byte)'$':
                var bytes = ReadCount(line);
                if (bytes > MaxBulkLength) throw Malformed("a bulk string is too long");
                if (bytes >= 0 && reader.Remaining < bytes + 2)
                {
                    length = reader.Consumed + bytes + 2;
                    return false;
                }

                if (bytes >= 0) reader.Advance(bytes + 2);
                break;
            case (byte)'*':
                for (var left = ReadCount(line); left > 0; left--)
                {
                    if (!TrySkip(ref reader, depth + 1, out length)) return false;
                }

                break;
            default:
                throw Malformed("a reply is of unknown type");
        }

        length = reader.Consumed;
        return true;
    }

    private static RespReply Read(ref SequenceReader<byte> reader)
    {
        reader.TryReadTo(out ReadOnlySpan<byte> line, "\r\n"u8);
        switch (line[0])
        {
            case (byte)'+': return new(ResultType.SimpleString, line.SequenceEqual("+OK"u8) ? Ok : line[1..].ToArray());
            case (byte)'-': return new(ResultType.Error, line[1..].ToArray());
            case (byte)':': return new(ResultType.Integer, ReadCount(line));
            case (byte)'$':
                var length = ReadCount(line);
                if (length < 0) return new(ResultType.BulkString, RedisValue.Null);
                var bytes = length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)length);
                reader.TryCopyTo(bytes);
                reader.Advance(length + 2);
                return new(ResultType.BulkString, bytes);
            default:
                var count = ReadCount(line);
                if (count < 0) return new(ResultType.Array, RedisValue.Null);
                var items = new RespReply[count];
                for (var i = 0; i < items.Length; i++) items[i] = Read(ref reader);
                return new(ResultType.Array, RedisValue.Null, items);
        }
    }

    private static long ReadCount(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line[1..], out long count, out var used) && used == line.Length - 1 ? count : throw Malformed("a length is not a number");

    private static RedisConnectionException Malformed(string what) =>
        new(ConnectionFailureType.ProtocolFailure, $"Protocol failure: {what}");
}
