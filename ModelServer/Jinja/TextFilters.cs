using System.Text.RegularExpressions;

namespace ModelServer.Jinja;

internal static partial class TextFilters
{
    // Many beginnings without an end must not cost the square of their number.
    private static readonly Regex Tag = new("<!--.*?-->|<[^>]*>", RegexOptions.Singleline | RegexOptions.NonBacktracking);

    public static readonly IReadOnlyDictionary<string, Filter> All = new Dictionary<string, Filter>(StringComparer.Ordinal)
    {
        ["capitalize"] = (_, value, _) => TextMethods.Capitalize(PythonText.Str(value)),
        ["center"] = (_, value, given) => Center(PythonText.Str(value), PythonValues.ToLong(given.Get(0, "width", 80L))),
        ["e"] = (_, value, _) => Escape(PythonText.Str(value)),
        ["escape"] = (_, value, _) => Escape(PythonText.Str(value)),
        ["forceescape"] = (_, value, _) => Escape(PythonText.Str(value)),
        ["format"] = (frame, value, given) => PercentFormat.Apply(frame.Budget, PythonText.Str(value), given.Named.Count > 0 ? Dict(given.Named) : JinjaList.Tuple([.. given.Positional])),
        ["indent"] = Indent,
        ["lower"] = (_, value, _) => PythonText.Str(value) is var text ? text.With(text.Value.ToLowerInvariant()) : null,
        ["replace"] = (frame, value, given) => TextParts.Replace(
            frame.Budget, PythonText.Str(value), PythonText.Str(given.Required(0, "old")), PythonText.Str(given.Required(1, "new")), given.Get(2, "count") is { } count ? PythonValues.ToLong(count) : -1),
        ["safe"] = (_, value, _) => PythonText.Str(value),
        ["string"] = (_, value, _) => PythonText.Str(value),
        ["striptags"] = (_, value, _) => PythonText.Str(value) is var text ? text.With(White().Replace(Tag.Replace(text.Value, ""), " ").Trim()) : null,
        ["title"] = (_, value, _) => PythonText.Str(value) is var text ? text.With(Word().Replace(text.Value, w => char.ToUpperInvariant(w.Value[0]) + w.Value[1..].ToLowerInvariant())) : null,
        ["trim"] = (_, value, given) => TextMethods.Strip(PythonText.Str(value), given.Get(0, "chars") is JinjaText characters ? characters.Value : null, start: true, end: true),
        ["truncate"] = Truncate,
        ["upper"] = (_, value, _) => PythonText.Str(value) is var text ? text.With(text.Value.ToUpperInvariant()) : null,
        ["urlencode"] = (_, value, _) => PythonText.Str(value) is var text ? text.With(Uri.EscapeDataString(text.Value).Replace("%2F", "/", StringComparison.Ordinal)) : null,
        ["wordcount"] = (_, value, _) => (long)Letters().Count(PythonText.Str(value).Value),
    };

    private static JinjaDict Dict(IReadOnlyDictionary<string, object?> named)
    {
        var dict = new JinjaDict();
        foreach (var (key, value) in named) dict.Set(key, value);
        return dict;
    }

    private static JinjaText Center(JinjaText text, long width)
        => width - CodePoints.Count(text.Value) is > 0 and <= 100_000 and var missing ? TextMethods.Center(text, (int)missing, ' ', width) : text;

    private static object? Indent(Frame frame, object? value, Arguments given)
    {
        var width = given.Get(0, "width", 4L) switch
        {
            JinjaText text => text,
            var number => new JinjaText(new string(' ', (int)Math.Clamp(PythonValues.ToLong(number), 0, 1000))),
        };
        var (isFirst, isBlank) = (PythonValues.IsTrue(given.Get(1, "first", false)), PythonValues.IsTrue(given.Get(2, "blank", false)));
        // The line break that Jinja puts behind, so that an empty text has a line.
        var lines = TextParts.Lines(frame.Budget, new JinjaTextBuilder().Append(PythonText.Str(value)).Append("\n").ToText(), keepsEnds: false).ToList();
        var result = new JinjaTextBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) result.Append("\n");
            if (i == 0 ? isFirst : isBlank || lines[i].Value.Length > 0) result.Append(width);
            result.Append(lines[i]);
            frame.Budget.Spend(lines[i].Value.Length + width.Value.Length);
        }

        return result.ToText();
    }

    private static object? Truncate(Frame frame, object? value, Arguments given)
    {
        var text = PythonText.Str(value);
        var (length, end) = (PythonValues.ToLong(given.Get(0, "length", 255L)), PythonText.Str(given.Get(2, "end", new JinjaText("..."))));
        if (CodePoints.Count(text.Value) <= length + PythonValues.ToLong(given.Get(3, "leeway", 5L) ?? 5L)) return text;
        var kept = CodePoints.Slice(text, 0, Math.Max(0, length - CodePoints.Count(end.Value)));
        if (!PythonValues.IsTrue(given.Get(1, "killwords", false)) && kept.Value.LastIndexOf(' ') is var space && space >= 0) kept = kept.Slice(0, space);
        return new JinjaTextBuilder().Append(kept).Append(end).ToText();
    }

    private static JinjaText Escape(JinjaText text) => text.With(text.Value
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal));

    [GeneratedRegex(@"[^-\s({\[<]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();
}
