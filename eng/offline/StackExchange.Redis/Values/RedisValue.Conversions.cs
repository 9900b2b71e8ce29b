using System.Text;

namespace StackExchange.Redis;

// Into a value implicitly; out of it explicitly, but for text and bytes. An absent value reads as zero or false.
public readonly partial struct RedisValue
{
    public static implicit operator RedisValue(string? value) => new(value, 0);

    public static implicit operator RedisValue(byte[]? value) => value is null ? default : new RedisValue(value, value.Length);

    public static implicit operator RedisValue(Memory<byte> value) => FromMemory(value);

    public static implicit operator RedisValue(ReadOnlyMemory<byte> value) => FromMemory(value);

    public static implicit operator RedisValue(int value) => new(IntegerKind, value);

    public static implicit operator RedisValue(int? value) => value is { } number ? number : default(RedisValue);

    public static implicit operator RedisValue(long value) => new(IntegerKind, value);

    public static implicit operator RedisValue(long? value) => value is { } number ? number : default(RedisValue);

    public static implicit operator RedisValue(uint value) => new(IntegerKind, value);

    public static implicit operator RedisValue(ulong value) => new(value <= long.MaxValue ? IntegerKind : UnsignedKind, (long)value);

    public static implicit operator RedisValue(bool value) => new(IntegerKind, value ? 1 : 0);

    public static implicit operator RedisValue(bool? value) => value is { } flag ? flag : default(RedisValue);

    public static implicit operator RedisValue(double value) =>
        // Whole numbers are kept as integers, so that 1.0 and 1 are one value; 2⁵³ is where that stops being exact.
        Math.Abs(value) <= 1L << 53 && value == (long)value && !(value == 0 && double.IsNegative(value))
            ? new RedisValue(IntegerKind, (long)value)
            : new RedisValue(DoubleKind, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator RedisValue(double? value) => value is { } number ? number : default(RedisValue);

    public static implicit operator string?(RedisValue value) => value._object switch
    {
        null => null,
        string text => text,
        _ => Encoding.UTF8.GetString(value.AsMemory().Span),
    };

    public static implicit operator byte[]?(RedisValue value) => value._object switch
    {
        null => null,
        byte[] whole when value._bits == whole.Length => whole,
        _ => value.AsMemory().ToArray(),
    };

    public static implicit operator ReadOnlyMemory<byte>(RedisValue value) => value.AsMemory();

    public static explicit operator bool(RedisValue value) => (long)value switch
    {
        0 => false,
        1 => true,
        _ => throw Unreadable("bool"),
    };

    public static explicit operator int(RedisValue value) => checked((int)(long)value);

    public static explicit operator long(RedisValue value) => value.TryParse(out long number) ? number : throw Unreadable("long");

    public static explicit operator uint(RedisValue value) => checked((uint)(long)value);

    public static explicit operator ulong(RedisValue value)
    {
        var simple = value.Simplify();
        return simple._object == UnsignedKind ? (ulong)simple._bits : checked((ulong)(long)simple);
    }

    public static explicit operator double(RedisValue value) => value.TryParse(out double number) ? number : throw Unreadable("double");

    public static explicit operator bool?(RedisValue value) => value.IsNull ? null : (bool)value;

    public static explicit operator int?(RedisValue value) => value.IsNull ? null : (int)value;

    public static explicit operator long?(RedisValue value) => value.IsNull ? null : (long)value;

    public static explicit operator double?(RedisValue value) => value.IsNull ? null : (double)value;

    private double AsDouble()
    {
        if (_object == IntegerKind) return _bits;
        if (_object == UnsignedKind) return (ulong)_bits;
        return _object == DoubleKind ? BitConverter.Int64BitsToDouble(_bits) : 0;
    }

    // Without the value: it may be a secret or megabytes.
    private static InvalidCastException Unreadable(string type) => new($"Unable to cast from RedisValue to {type}");
}
