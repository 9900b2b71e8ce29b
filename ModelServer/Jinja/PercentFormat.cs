using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelServer.Jinja;

/// <summary>Python's <c>'%s of %d' % values</c>.</summary>
internal static partial class PercentFormat
{
    private const int MaxWidth = 1000;

    public static JinjaText Apply(RenderBudget budget, JinjaText format, object? values)
    {
        var places = values is JinjaList { Kind: ListKind.Tuple } tuple ? tuple.Items : [values];
        var (text, next, start) = (new JinjaTextBuilder(), 0, 0);
        foreach (Match mark in Mark().Matches(format.Value))
        {
            text.Append(format.Slice(start, mark.Index - start));
            start = mark.Index + mark.Length;
            if (mark.Groups["kind"].Value == "%") text.Append("%");
            else text.Append(Pad(mark, Write(mark, Value(mark))));
            budget.CheckLength(text.Length);
        }

        if (format.Value.IndexOf('%', start) >= 0) throw new JinjaException("unsupported format character");
        if (next < places.Count && values is not (JinjaDict or JinjaList { Kind: ListKind.List })) throw new JinjaException("not all arguments converted during string formatting");
        return text.Append(format.Slice(start)).ToText();

        object? Value(Match mark)
        {
            if (!mark.Groups["name"].Success) return next < places.Count ? PythonValues.Defined(places[next++]) : throw new JinjaException("not enough arguments for format string");
            if (values is not JinjaDict named) throw new JinjaException("format requires a mapping");
            return named.TryGet(mark.Groups["name"].Value, out var value) ? value : throw new JinjaException($"'{mark.Groups["name"].Value}'");
        }
    }

    private static JinjaText Write(Match mark, object? value)
    {
        int? precision = mark.Groups["precision"].Success ? Math.Min(Number(mark.Groups["precision"].Value), MaxWidth) : null;
        var sign = mark.Groups["flags"].Value.Contains('+', StringComparison.Ordinal) ? "+" : "";
        switch (mark.Groups["kind"].Value)
        {
            case "s" or "r" when (mark.Groups["kind"].Value == "s" ? PythonText.Str(value) : PythonText.Repr(value)) is var text:
                return precision is { } most ? CodePoints.Slice(text, 0, most) : text;
            case "d" or "i":
                var whole = value is double real ? (long)Math.Truncate(real) : PythonValues.ToLong(value);
                return new((whole >= 0 ? sign : "") + whole.ToString(CultureInfo.InvariantCulture));
            case "x": return new(PythonValues.ToLong(value).ToString("x", CultureInfo.InvariantCulture));
            case "X": return new(PythonValues.ToLong(value).ToString("X", CultureInfo.InvariantCulture));
            case "f" or "F":
                var number = PythonValues.ToDouble(value);
                return new((number >= 0 ? sign : "") + number.ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture));
            default: throw new JinjaException($"unsupported format character '{mark.Groups["kind"].Value}'");
        }
    }

    private static JinjaText Pad(Match mark, JinjaText text)
    {
        if (!mark.Groups["width"].Success) return text;
        var flags = mark.Groups["flags"].Value;
        var missing = Math.Min(Number(mark.Groups["width"].Value), MaxWidth) - (int)CodePoints.Count(text.Value);
        if (missing <= 0) return text;
        if (flags.Contains('-', StringComparison.Ordinal)) return new JinjaTextBuilder().Append(text).Append(new string(' ', missing)).ToText();
        var zeros = flags.Contains('0', StringComparison.Ordinal) && mark.Groups["kind"].Value is not ("s" or "r");
        var signed = zeros && text.Value is ['+' or '-', ..] ? 1 : 0;
        return new JinjaTextBuilder().Append(text.Slice(0, signed)).Append(new string(zeros ? '0' : ' ', missing)).Append(text.Slice(signed)).ToText();
    }

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : MaxWidth;

    [GeneratedRegex(@"%(?:\((?<name>[^)]*)\))?(?<flags>[-+ 0#]*)(?<width>[0-9]+)?(?:\.(?<precision>[0-9]*))?(?<kind>[a-zA-Z%])")]
    private static partial Regex Mark();
}
