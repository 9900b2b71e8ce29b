using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ModelServer.Tokenization.Json;

/// <summary>
/// Numbers with fractions as the reference library's JSON reader (serde_json) reads them: all digits that fit as one whole number, then
/// one step by a power of ten. With more than fifteen digits that may miss the nearest number by its last bit, and between two ways to cut a
/// word that score the same, the last bit decides.
/// </summary>
internal static class JsonScore
{
    private const int HighestPower = 308;
    private static readonly double[] Powers = [.. Enumerable.Range(0, HighestPower + 1).Select(e => double.Parse($"1e{e}", CultureInfo.InvariantCulture))];

    /// <summary>The value, or null where it is out of range.</summary>
    public static double? Read(JsonElement number)
    {
        var text = JsonMarshal.GetRawUtf8Value(number);
        var negative = text[0] == '-';
        var (significand, exponent, fraction, full) = (0UL, 0L, false, false);
        var i = negative ? 1 : 0;
        for (; i < text.Length && (text[i] == '.' || char.IsAsciiDigit((char)text[i])); i++)
        {
            if (text[i] == '.')
            {
                // Digits before it that were left out still count by their number; here a new count begins.
                (fraction, full) = (true, false);
                continue;
            }

            var digit = (ulong)(text[i] - '0');
            full |= significand > (ulong.MaxValue - digit) / 10;
            if (!full) (significand, exponent) = (significand * 10 + digit, exponent - (fraction ? 1 : 0));
            else if (!fraction) exponent++;
        }

        if (i < text.Length) exponent += Exponent(text[(i + 1)..]);
        return Scale(significand, exponent) is var value && !double.IsFinite(value) ? null : negative ? -value : value;
    }

    // Beyond any number either way.
    private static int Exponent(ReadOnlySpan<byte> text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent) ? exponent : text[0] == '-' ? int.MinValue : int.MaxValue;

    private static double Scale(double value, long exponent)
    {
        if (value == 0) return 0;
        for (; exponent < -HighestPower && value > 0; exponent += HighestPower) value /= Powers[HighestPower];
        if (value == 0) return 0;
        return exponent > HighestPower ? double.PositiveInfinity : exponent < 0 ? value / Powers[-exponent] : value * Powers[exponent];
    }
}
