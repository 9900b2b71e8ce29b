using System.Globalization;

namespace ModelServer.Jinja;

/// <summary>Reads numbers as Python's <c>int</c> and <c>float</c> do.</summary>
internal static class PythonNumbers
{
    public static bool TryReal(string text, out double number)
    {
        var trimmed = text.Trim().Replace("_", "", StringComparison.Ordinal);
        var sign = trimmed.StartsWith('-') ? -1 : 1;
        number = trimmed.TrimStart('+', '-').ToLowerInvariant() switch
        {
            "inf" or "infinity" => sign * double.PositiveInfinity,
            "nan" => double.NaN,
            _ => 0,
        };
        return number != 0 || double.IsNaN(number) || double.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);
    }

    public static bool TryWhole(string text, long radix, out long number)
    {
        number = 0;
        var trimmed = text.Trim().Replace("_", "", StringComparison.Ordinal);
        if (radix == 10) return long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        if (radix is < 2 or > 36) return false;
        var digits = trimmed.TrimStart('+', '-').ToLowerInvariant();
        var prefix = radix switch { 16 => "0x", 8 => "0o", 2 => "0b", _ => "" };
        if (prefix.Length > 0 && digits.StartsWith(prefix, StringComparison.Ordinal)) digits = digits[2..];
        if (digits.Length is 0 or > 12) return false;
        foreach (var digit in digits)
        {
            var value = char.IsAsciiDigit(digit) ? digit - '0' : char.IsAsciiLetterLower(digit) ? digit - 'a' + 10 : 36;
            if (value >= radix) return false;
            number = number * radix + value;
        }

        if (trimmed.StartsWith('-')) number = -number;
        return true;
    }
}
