using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>A decimal number as it is written, so that bounds mean what they say: <c>Mantissa · 10^-Scale</c>.</summary>
/// <param name="Scale">Not negative, and the least that there is.</param>
internal readonly record struct ExactNumber(BigInteger Mantissa, int Scale) : IComparable<ExactNumber>
{
    private const int MaxDigits = 400;

    public bool IsInteger => Scale == 0;

    public BigInteger Floor => Scale == 0 || Mantissa.Sign >= 0 ? Mantissa / Power(Scale) : -((-Mantissa + Power(Scale) - 1) / Power(Scale));

    public BigInteger Ceiling => -(-this).Floor;

    public static ExactNumber operator -(ExactNumber number) => number with { Mantissa = -number.Mantissa };

    public static implicit operator ExactNumber(BigInteger integer) => new(integer, 0);

    /// <exception cref="NotSupportedException">It has more digits than are reckoned with.</exception>
    public static ExactNumber Of(JsonElement number)
    {
        var text = number.GetRawText();
        var e = text.AsSpan().IndexOfAny('e', 'E');
        var digits = e < 0 ? text : text[..e];
        var exponent = 0;
        if (digits.Length > MaxDigits || (e >= 0 && (!int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxDigits)))
            throw new NotSupportedException($"a number of more than {MaxDigits} digits is not supported");
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var scale = (point < 0 ? 0 : digits.Length - point - 1) - exponent;
        var mantissa = BigInteger.Parse(digits.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return scale < 0 ? new(mantissa * Power(-scale), 0) : Least(mantissa, scale);
    }

    public int CompareTo(ExactNumber other) => (Mantissa * Power(other.Scale)).CompareTo(other.Mantissa * Power(Scale));

    public static bool operator <(ExactNumber a, ExactNumber b) => a.CompareTo(b) < 0;

    public static bool operator >(ExactNumber a, ExactNumber b) => a.CompareTo(b) > 0;

    public static BigInteger Power(int exponent) => BigInteger.Pow(10, exponent);

    /// <summary>What is behind the point, without zeros at the end. For numbers that are not negative.</summary>
    public string Fraction() => Scale == 0 ? "" : (Mantissa % Power(Scale)).ToString(CultureInfo.InvariantCulture).PadLeft(Scale, '0');

    private static ExactNumber Least(BigInteger mantissa, int scale)
    {
        for (; scale > 0 && mantissa % 10 == 0; scale--) mantissa /= 10;
        return new(mantissa, scale);
    }
}
