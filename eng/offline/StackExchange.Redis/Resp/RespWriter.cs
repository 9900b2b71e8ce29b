using System.Buffers;
using System.Buffers.Text;

namespace StackExchange.Redis;

/// <summary>
/// Collects commands into one buffer and sends it when it is full or flushed; large values go to the socket without a copy.
/// </summary>
internal sealed class RespWriter(Stream stream)
{
    private const int FlushAt = 64 << 10;
    private const int SentUncopied = 32 << 10;
    private const int KeptCapacity = 1 << 20;
    private ArrayBufferWriter<byte> _buffer = new(FlushAt + SentUncopied);

    public ValueTask WriteAsync(string command, RedisValue[] arguments, CancellationToken cancellation)
    {
        WriteHeader((byte)'*', arguments.Length + 1);
        WriteInline(command);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].IsRaw && arguments[i].Raw.Length >= SentUncopied) return WriteRestAsync(arguments, i, cancellation);
            WriteInline(arguments[i]);
        }

        return _buffer.WrittenCount >= FlushAt ? FlushAsync(cancellation) : default;
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_buffer.WrittenCount == 0) return;
        await stream.WriteAsync(_buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        if (_buffer.Capacity > KeptCapacity) _buffer = new(FlushAt + SentUncopied);
        else _buffer.ResetWrittenCount();
    }

    private async ValueTask WriteRestAsync(RedisValue[] arguments, int from, CancellationToken cancellation)
    {
        foreach (var argument in arguments.AsMemory(from).ToArray())
        {
            if (argument.IsRaw && argument.Raw.Length >= SentUncopied)
            {
                WriteHeader((byte)'$', argument.Raw.Length);
                await FlushAsync(cancellation).ConfigureAwait(false);
                await stream.WriteAsync(argument.Raw, cancellation).ConfigureAwait(false);
                _buffer.Write("\r\n"u8);
            }
            else
            {
                WriteInline(argument);
            }
        }
    }

    private void WriteInline(RedisValue value)
    {
        var length = value.GetByteCount();
        WriteHeader((byte)'$', length);
        value.CopyTo(_buffer.GetSpan(length + 2));
        _buffer.Advance(length);
        _buffer.Write("\r\n"u8);
    }

    private void WriteHeader(byte type, int count)
    {
        var line = _buffer.GetSpan(16);
        line[0] = type;
        Utf8Formatter.TryFormat(count, line[1..], out var digits);
        "\r\n"u8.CopyTo(line[(digits + 1)..]);
        _buffer.Advance(digits + 3);
    }
}
