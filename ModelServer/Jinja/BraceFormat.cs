using System.Text.RegularExpressions;

namespace ModelServer.Jinja;

/// <summary>Python's <c>'{} of {name}'.format(…)</c>, without members and format specifications beyond <c>.2f</c>-like ones.</summary>
internal static partial class BraceFormat
{
    public static JinjaText Apply(RenderBudget budget, JinjaText format, Arguments given)
    {
        var (text, next, start) = (new JinjaTextBuilder(), 0, 0);
        foreach (Match mark in Mark().Matches(format.Value))
        {
            text.Append(format.Slice(start, mark.Index - start));
            start = mark.Index + mark.Length;
            if (mark.Value is "{{" or "}}") text.Append(mark.Value[..1]);
            else if (!mark.Groups["field"].Success) throw new JinjaException("Single brace encountered in format string");
            else text.Append(Write(Value(mark.Groups["field"].Value), mark.Groups["format"].Value));
            budget.CheckLength(text.Length);
        }

        return text.Append(format.Slice(start)).ToText();

        object? Value(string field)
        {
            if (field.Length == 0) field = (next++).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (int.TryParse(field, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var place))
                return place < given.Positional.Count ? PythonValues.Defined(given.Positional[place]) : throw new JinjaException("Replacement index out of range for positional args tuple");
            return given.Named.TryGetValue(field, out var value) ? PythonValues.Defined(value) : throw new JinjaException($"'{field}'");
        }

        JinjaText Write(object? value, string specification) => specification.Length == 0
            ? PythonText.Str(value)
            : PercentFormat.Apply(budget, new($"%{specification}{(char.IsLetter(specification[^1]) ? "" : "s")}"), JinjaList.Tuple(value));
    }

    [GeneratedRegex(@"\{\{|\}\}|\{(?<field>\w*)(?:![rs])?(?::(?<format>[-+0-9.]*[sdfxX]?))?\}|[{}]")]
    private static partial Regex Mark();
}
