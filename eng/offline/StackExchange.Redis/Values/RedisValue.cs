using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace StackExchange.Redis;

/// <summary>
/// What Redis stores: nothing, text, bytes or a number. Sixteen bytes, no allocation for numbers or for a view of existing bytes.
/// </summary>
public readonly partial struct RedisValue : IEquatable<RedisValue>
{
    private static readonly object IntegerKind = new();
    private static readonly object UnsignedKind = new();
    private static readonly object DoubleKind = new();

    // null, a string, a byte[], or the kind of number that _bits holds; for a byte[] _bits is offset << 32 | length.
    private readonly object? _object;
    private readonly long _bits;

    public RedisValue(string value) => _object = value;

    private RedisValue(object? content, long bits)
    {
        _object = content;
        _bits = bits;
    }

    public static RedisValue Null => default;

    public static RedisValue EmptyString { get; } = new(Array.Empty<byte>(), 0);

    public bool IsNull => _object is null;

    public bool IsNullOrEmpty => _object is null || (_object is string or byte[] && GetLongByteCount() == 0);

    public bool HasValue => !IsNullOrEmpty;

    /// <summary>Whether it was given as an integer (text that reads like one does not count).</summary>
    public bool IsInteger => _object == IntegerKind || _object == UnsignedKind;

    public int GetByteCount() => checked((int)GetLongByteCount());

    public long GetLongByteCount() => _object switch
    {
        null => 0,
        string text => Encoding.UTF8.GetByteCount(text),
        byte[] => (int)_bits,
        _ => FormatNumber(stackalloc byte[MaxNumberLength]),
    };

    public long Length() => GetLongByteCount();

    public int CopyTo(Span<byte> destination)
    {
        switch (_object)
        {
            case null: return 0;
            case string text: return Encoding.UTF8.GetBytes(text, destination);
            case byte[]:
                Raw.Span.CopyTo(destination);
                return (int)_bits;
            default:
                Span<byte> digits = stackalloc byte[MaxNumberLength];
                digits = digits[..FormatNumber(digits)];
                digits.CopyTo(destination);
                return digits.Length;
        }
    }

    public bool TryParse(out long val)
    {
        val = 0;
        var simple = Simplify();
        if (simple._object == IntegerKind) val = simple._bits;
        return simple._object is null || simple._object == IntegerKind;
    }

    public bool TryParse(out int val)
    {
        val = 0;
        if (!TryParse(out long wide) || wide is < int.MinValue or > int.MaxValue) return false;
        val = (int)wide;
        return true;
    }

    public bool TryParse(out double val)
    {
        var simple = Simplify();
        val = simple.AsDouble();
        return simple._object is null or not (string or byte[]);
    }

    public bool Equals(RedisValue other)
    {
        var (x, y) = (Simplify(), other.Simplify());
        if (x._object is null || y._object is null) return x._object is null && y._object is null;
        if (x.IsNumber != y.IsNumber) return false;
        if (x.IsNumber) return x._object == y._object && x._bits == y._bits;
        return x._object is string a && y._object is string b ? a == b : x.AsMemory().Span.SequenceEqual(y.AsMemory().Span);
    }

    public override bool Equals(object? obj) => obj is RedisValue other && Equals(other);

    public override int GetHashCode()
    {
        var simple = Simplify();
        if (simple._object is null) return -1;
        if (simple.IsNumber) return simple._bits.GetHashCode();
        var hash = default(HashCode);
        hash.AddBytes(simple.AsMemory().Span);
        return hash.ToHashCode();
    }

    public override string ToString() => (string?)this ?? "";

    public static bool operator ==(RedisValue x, RedisValue y) => x.Equals(y);

    public static bool operator !=(RedisValue x, RedisValue y) => !x.Equals(y);

    private const int MaxNumberLength = 32;
    private const int LongestParsedNumber = 24;

    private bool IsNumber => _object is not (null or string or byte[]);

    /// <summary>The bytes of a <c>byte[]</c>, which must be the content.</summary>
    internal ReadOnlyMemory<byte> Raw => new((byte[])_object!, (int)(_bits >> 32), (int)_bits);

    internal bool IsRaw => _object is byte[];

    internal ReadOnlyMemory<byte> AsMemory()
    {
        if (_object is null) return default;
        if (_object is byte[]) return Raw;
        if (_object is string text) return Encoding.UTF8.GetBytes(text);
        Span<byte> digits = stackalloc byte[MaxNumberLength];
        return digits[..FormatNumber(digits)].ToArray();
    }

    private int FormatNumber(Span<byte> destination)
    {
        int written;
        if (_object == IntegerKind) Utf8Formatter.TryFormat(_bits, destination, out written);
        else if (_object == UnsignedKind) Utf8Formatter.TryFormat((ulong)_bits, destination, out written);
        else
        {
            var number = BitConverter.Int64BitsToDouble(_bits);
            if (double.IsInfinity(number)) written = Encoding.UTF8.GetBytes(number > 0 ? "inf" : "-inf", destination);
            else number.TryFormat(destination, out written, "R", CultureInfo.InvariantCulture);
        }

        return written;
    }

    // Text and bytes that read as a number become that number, so that "1" equals 1.
    private RedisValue Simplify()
    {
        if (_object is not (string or byte[])) return this;
        if (_object is string { Length: > LongestParsedNumber } || (_object is byte[] && (int)_bits > LongestParsedNumber)) return this;
        Span<byte> text = stackalloc byte[LongestParsedNumber * 3];
        text = text[..CopyTo(text)];
        if (Utf8Parser.TryParse(text, out long integer, out var used) && used == text.Length) return integer;
        if (Utf8Parser.TryParse(text, out ulong unsigned, out used) && used == text.Length) return unsigned;
        return TryParseDouble(text, out var number) ? number : this;
    }

    private static bool TryParseDouble(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        if (text.IsEmpty || !"+-.0123456789iIn"u8.Contains(text[0]))
        {
            return false;
        }
        if (Ascii.EqualsIgnoreCase(text, "inf") || Ascii.EqualsIgnoreCase(text, "+inf")) number = double.PositiveInfinity;
        else if (Ascii.EqualsIgnoreCase(text, "-inf")) number = double.NegativeInfinity;
        else if (Ascii.EqualsIgnoreCase(text, "nan")) number = double.NaN;
        else return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        return true;
    }

    private static RedisValue FromMemory(ReadOnlyMemory<byte> memory)
    {
        if (memory.IsEmpty) return EmptyString;
        return MemoryMarshal.TryGetArray(memory, out var part)
            ? new RedisValue(part.Array, ((long)part.Offset << 32) | (uint)part.Count)
            : memory.ToArray();
    }
}
