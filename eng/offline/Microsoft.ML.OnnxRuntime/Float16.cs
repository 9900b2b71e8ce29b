using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>IEEE half precision, as bits in an unsigned short.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Float16 : IComparable, IComparable<Float16>, IEquatable<Float16>
{
    public readonly ushort value;

    public Float16(ushort v) => value = v;

    public static Float16 NaN => new(0xFE00);

    public static Float16 Epsilon => new(0x0400);

    public static Float16 Pi => new(0x4248);

    public static Float16 NegativeZero => new(0x8000);

    public static Float16 PositiveInfinity => new(0x7C00);

    public static Float16 NegativeInfinity => new(0xFC00);

    public static Float16 MinValue => new(0xFBFF);

    public static Float16 MaxValue => new(0x7BFF);

    public static Float16 Zero => default;

    public static Float16 One => new(0x3C00);

    public static explicit operator Float16(float value) => new(BitConverter.HalfToUInt16Bits((Half)value));

    public static explicit operator float(Float16 value) => value.ToFloat();

    public static bool operator ==(Float16 left, Float16 right) => left.ToFloat() == right.ToFloat();

    public static bool operator !=(Float16 left, Float16 right) => !(left == right);

    public static bool operator <(Float16 left, Float16 right) => left.ToFloat() < right.ToFloat();

    public static bool operator >(Float16 left, Float16 right) => left.ToFloat() > right.ToFloat();

    public static bool operator <=(Float16 left, Float16 right) => left.ToFloat() <= right.ToFloat();

    public static bool operator >=(Float16 left, Float16 right) => left.ToFloat() >= right.ToFloat();

    public static bool IsNaN(Float16 value) => float.IsNaN(value.ToFloat());

    public static bool IsFinite(Float16 value) => float.IsFinite(value.ToFloat());

    public static bool IsInfinity(Float16 value) => float.IsInfinity(value.ToFloat());

    public static bool IsPositiveInfinity(Float16 value) => value.value == PositiveInfinity.value;

    public static bool IsNegativeInfinity(Float16 value) => value.value == NegativeInfinity.value;

    public static bool IsNormal(Float16 value) => IsFinite(value) && (value.value & 0x7C00) != 0;

    public static bool IsSubnormal(Float16 value) => (value.value & 0x7C00) == 0 && (value.value & 0x7FFF) != 0;

    public static bool IsNaNOrZero(Float16 value) => IsNaN(value) || (value.value & 0x7FFF) == 0;

    public static Float16 Negate(Float16 value) => IsNaN(value) ? value : new((ushort)(value.value ^ 0x8000));

    public static bool IsNegative(Float16 value) => (short)value.value < 0;

    public float ToFloat() => (float)BitConverter.UInt16BitsToHalf(value);

    public int CompareTo(Float16 other) => ToFloat().CompareTo(other.ToFloat());

    public int CompareTo(object obj) => obj is null ? 1 : obj is Float16 other ? CompareTo(other) : throw new ArgumentException("Object must be of type Float16");

    public bool Equals(Float16 other) => ToFloat().Equals(other.ToFloat());

    public override bool Equals(object obj) => obj is Float16 other && Equals(other);

    public override int GetHashCode() => ToFloat().GetHashCode();

    public override string ToString() => $"{value} : {ToFloat()}";
}
