using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Text;

namespace Aspire.Hosting.Dashboard;

/// <summary>Writes the protobuf wire format, as far as the dashboard's messages need it. Zero and null are left out unless asked for.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0, Fixed64 = 1, LengthPrefixed = 2;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public ProtoWriter Number(int field, long value, bool evenZero = false)
    {
        if (value == 0 && !evenZero) return this;
        Tag(field, Varint);
        Raw((ulong)value);
        return this;
    }

    public ProtoWriter Flag(int field, bool value, bool evenFalse = false) => Number(field, value ? 1 : 0, evenFalse);

    public ProtoWriter Text(int field, string? value)
    {
        if (value is null) return this;
        var length = Encoding.UTF8.GetByteCount(value);
        Tag(field, LengthPrefixed);
        Raw((ulong)length);
        Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length));
        _buffer.Advance(length);
        return this;
    }

    public ProtoWriter Message(int field, Action<ProtoWriter> write)
    {
        var inner = new ProtoWriter();
        write(inner);
        Tag(field, LengthPrefixed);
        Raw((ulong)inner.Written.Length);
        _buffer.Write(inner.Written.Span);
        return this;
    }

    /// <summary>A google.protobuf.Timestamp.</summary>
    public ProtoWriter Time(int field, DateTime? value)
    {
        if (value is not { } time) return this;
        var utc = new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
        return Message(field, m => m.Number(1, utc.ToUnixTimeSeconds()).Number(2, utc.Ticks % TimeSpan.TicksPerSecond * 100));
    }

    /// <summary>A google.protobuf.Value: null = 1, number = 2, string = 3, bool = 4, list = 6.</summary>
    public ProtoWriter Value(int field, object? value) => Message(field, m =>
    {
        switch (value)
        {
            case null:
                m.Number(1, 0, evenZero: true);
                break;
            case string text:
                m.Text(3, text);
                break;
            case bool flag:
                m.Flag(4, flag, evenFalse: true);
                break;
            case IEnumerable list:
                m.Message(6, l =>
                {
                    foreach (var item in list) l.Value(1, item);
                });
                break;
            default:
                m.Double(2, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
        }
    });

    private void Double(int field, double value)
    {
        Tag(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(sizeof(double)), value);
        _buffer.Advance(sizeof(double));
    }

    private void Tag(int field, int wireType) => Raw(((ulong)field << 3) | (uint)wireType);

    private void Raw(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}
