using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>The upper half of a single-precision number, as bits in an unsigned short.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct BFloat16 : IComparable, IComparable<BFloat16>, IEquatable<BFloat16>
{
    public readonly ushort value;

    public BFloat16(ushort v) => value = v;

    public static BFloat16 NaN => new(0xFFC1);

    public static BFloat16 Epsilon => new(0x0080);

    public static BFloat16 Pi => new(0x4049);

    public static BFloat16 NegativeZero => new(0x8000);

    public static BFloat16 PositiveInfinity => new(0x7F80);

    public static BFloat16 NegativeInfinity => new(0xFF80);

    public static BFloat16 MinValue => new(0xFF7F);

    public static BFloat16 MaxValue => new(0x7F7F);

    public static BFloat16 Zero => default;

    public static BFloat16 One => new(0x3F80);

    /// <summary>Rounds to the nearest, ties to even.</summary>
    public static explicit operator BFloat16(float value)
    {
        if (float.IsNaN(value)) return float.IsNegative(value) ? NaN : new(0x7FC1);
        var bits = BitConverter.SingleToUInt32Bits(value);
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    public static explicit operator float(BFloat16 value) => value.ToFloat();

    public static bool operator ==(BFloat16 left, BFloat16 right) => left.ToFloat() == right.ToFloat();

    public static bool operator !=(BFloat16 left, BFloat16 right) => !(left == right);

    public static bool operator <(BFloat16 left, BFloat16 right) => left.ToFloat() < right.ToFloat();

    public static bool operator >(BFloat16 left, BFloat16 right) => left.ToFloat() > right.ToFloat();

    public static bool operator <=(BFloat16 left, BFloat16 right) => left.ToFloat() <= right.ToFloat();

    public static bool operator >=(BFloat16 left, BFloat16 right) => left.ToFloat() >= right.ToFloat();

    public static bool IsNaN(BFloat16 value) => float.IsNaN(value.ToFloat());

    public static bool IsFinite(BFloat16 value) => float.IsFinite(value.ToFloat());

    public static bool IsInfinity(BFloat16 value) => float.IsInfinity(value.ToFloat());

    public static bool IsPositiveInfinity(BFloat16 value) => value.value == PositiveInfinity.value;

    public static bool IsNegativeInfinity(BFloat16 value) => value.value == NegativeInfinity.value;

    public static bool IsNormal(BFloat16 value) => IsFinite(value) && (value.value & 0x7F80) != 0;

    public static bool IsSubnormal(BFloat16 value) => (value.value & 0x7F80) == 0 && (value.value & 0x7FFF) != 0;

    public static bool IsNaNOrZero(BFloat16 value) => IsNaN(value) || (value.value & 0x7FFF) == 0;

    public static BFloat16 Negate(BFloat16 value) => IsNaN(value) ? value : new((ushort)(value.value ^ 0x8000));

    public static bool IsNegative(BFloat16 value) => (short)value.value < 0;

    public float ToFloat() => BitConverter.UInt32BitsToSingle((uint)value << 16);

    public int CompareTo(BFloat16 other) => ToFloat().CompareTo(other.ToFloat());

    public int CompareTo(object obj) => obj is null ? 1 : obj is BFloat16 other ? CompareTo(other) : throw new ArgumentException("Object must be of type BFloat16");

    public bool Equals(BFloat16 other) => ToFloat().Equals(other.ToFloat());

    public override bool Equals(object obj) => obj is BFloat16 other && Equals(other);

    public override int GetHashCode() => ToFloat().GetHashCode();

    public override string ToString() => $"{value} : {ToFloat()}";
}
