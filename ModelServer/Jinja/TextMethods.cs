namespace ModelServer.Jinja;

/// <summary>The methods of Python's <c>str</c>.</summary>
internal static class TextMethods
{
    private static readonly Dictionary<string, Func<Frame, JinjaText, Arguments, object?>> All = new(StringComparer.Ordinal)
    {
        ["upper"] = (_, text, _) => text.With(text.Value.ToUpperInvariant()),
        ["lower"] = (_, text, _) => text.With(text.Value.ToLowerInvariant()),
        ["casefold"] = (_, text, _) => text.With(text.Value.ToLowerInvariant()),
        ["title"] = (_, text, _) => Title(text),
        ["capitalize"] = (_, text, _) => Capitalize(text),
        ["swapcase"] = (_, text, _) => text.With(string.Concat(text.Value.Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)))),
        ["strip"] = (_, text, given) => Strip(text, Characters(given), start: true, end: true),
        ["lstrip"] = (_, text, given) => Strip(text, Characters(given), start: true, end: false),
        ["rstrip"] = (_, text, given) => Strip(text, Characters(given), start: false, end: true),
        ["split"] = (frame, text, given) => TextParts.Split(frame.Budget, text, Separator(given), Most(given)),
        ["rsplit"] = (frame, text, given) => TextParts.SplitFromEnd(frame.Budget, text, Separator(given), Most(given)),
        ["splitlines"] = (frame, text, given) => new JinjaList([.. TextParts.Lines(frame.Budget, text, PythonValues.IsTrue(given.Get(0, "keepends", false)))]),
        ["partition"] = (_, text, given) => TextParts.Partition(text, PythonValues.ToText(given.Required(0, "sep")).Value, isLast: false),
        ["rpartition"] = (_, text, given) => TextParts.Partition(text, PythonValues.ToText(given.Required(0, "sep")).Value, isLast: true),
        ["startswith"] = (_, text, given) => Any(given, prefix => Within(text, given).Value.StartsWith(prefix, StringComparison.Ordinal)),
        ["endswith"] = (_, text, given) => Any(given, suffix => Within(text, given).Value.EndsWith(suffix, StringComparison.Ordinal)),
        ["removeprefix"] = (_, text, given) => PythonValues.ToText(given.Required(0, "prefix")).Value is var prefix && text.Value.StartsWith(prefix, StringComparison.Ordinal) ? text.Slice(prefix.Length) : text,
        ["removesuffix"] = (_, text, given) => PythonValues.ToText(given.Required(0, "suffix")).Value is var suffix && text.Value.EndsWith(suffix, StringComparison.Ordinal) ? text.Slice(0, text.Value.Length - suffix.Length) : text,
        ["replace"] = (frame, text, given) => TextParts.Replace(frame.Budget, text, PythonValues.ToText(given.Required(0, "old")), PythonValues.ToText(given.Required(1, "new")), given.Get(2, "count") is { } count ? PythonValues.ToLong(count) : -1),
        ["find"] = (_, text, given) => Find(text, given, isLast: false),
        ["rfind"] = (_, text, given) => Find(text, given, isLast: true),
        ["index"] = (_, text, given) => Find(text, given, isLast: false) is var place && place >= 0 ? place : throw new JinjaException("substring not found"),
        ["rindex"] = (_, text, given) => Find(text, given, isLast: true) is var place && place >= 0 ? place : throw new JinjaException("substring not found"),
        ["count"] = (_, text, given) => PythonValues.ToText(given.Required(0, "sub")).Value is { Length: > 0 } part ? (long)text.Value.AsSpan().Count(part) : CodePoints.Count(text.Value) + 1,
        ["join"] = (frame, text, given) => TextParts.Join(frame.Budget, text, PythonValues.Iterate(PythonValues.Defined(given.Required(0, "iterable"))).Select(PythonValues.ToText)),
        ["format"] = (frame, text, given) => BraceFormat.Apply(frame.Budget, text, given),
        ["isdigit"] = (_, text, _) => IsAll(text, char.IsDigit),
        ["isdecimal"] = (_, text, _) => IsAll(text, char.IsDigit),
        ["isnumeric"] = (_, text, _) => IsAll(text, char.IsNumber),
        ["isalpha"] = (_, text, _) => IsAll(text, char.IsLetter),
        ["isalnum"] = (_, text, _) => IsAll(text, c => char.IsLetter(c) || char.IsNumber(c)),
        ["isspace"] = (_, text, _) => IsAll(text, CodePoints.IsSpace),
        ["isupper"] = (_, text, _) => text.Value.Any(char.IsUpper) && !text.Value.Any(char.IsLower),
        ["islower"] = (_, text, _) => text.Value.Any(char.IsLower) && !text.Value.Any(char.IsUpper),
        ["istitle"] = (_, text, _) => text.Value.Any(char.IsLetter) && text.Value == Title(text).Value,
        ["zfill"] = (_, text, given) => Pad(text, given, (missing, whole) => whole.Value is ['+' or '-', ..]
            ? new JinjaTextBuilder().Append(whole.Slice(0, 1)).Append(new string('0', missing)).Append(whole.Slice(1)).ToText()
            : new JinjaTextBuilder().Append(new string('0', missing)).Append(whole).ToText()),
        ["ljust"] = (_, text, given) => Pad(text, given, (missing, whole) => new JinjaTextBuilder().Append(whole).Append(new string(Fill(given), missing)).ToText()),
        ["rjust"] = (_, text, given) => Pad(text, given, (missing, whole) => new JinjaTextBuilder().Append(new string(Fill(given), missing)).Append(whole).ToText()),
        ["center"] = (_, text, given) => Pad(text, given, (missing, whole) => Center(whole, missing, Fill(given), PythonValues.ToLong(given.Get(0, "width")))),
    };

    public static Callable? Find(JinjaText text, string name) => All.TryGetValue(name, out var method) ? new Function((frame, given) =>
    {
        frame.Budget.Scan(text);
        return method(frame, text, given);
    }) : null;

    public static JinjaText Strip(JinjaText text, string? characters, bool start, bool end)
    {
        bool IsTaken(char letter) => characters is null ? CodePoints.IsSpace(letter) : characters.Contains(letter, StringComparison.Ordinal);
        var (from, to) = (0, text.Value.Length);
        while (start && from < to && IsTaken(text.Value[from])) from++;
        while (end && to > from && IsTaken(text.Value[to - 1])) to--;
        return text.Slice(from, to - from);
    }

    public static JinjaText Capitalize(JinjaText text) => text.Value.Length == 0 ? text : text.With(char.ToUpperInvariant(text.Value[0]) + text.Value[1..].ToLowerInvariant());

    private static JinjaText Title(JinjaText text)
    {
        var letters = text.Value.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
            letters[i] = i > 0 && char.IsLetter(letters[i - 1]) ? char.ToLowerInvariant(letters[i]) : char.ToUpperInvariant(letters[i]);
        return text.With(new string(letters));
    }

    public static JinjaText Center(JinjaText text, int missing, char fill, long width)
    {
        var left = missing / 2 + (int)(missing & width & 1);
        return new JinjaTextBuilder().Append(new string(fill, left)).Append(text).Append(new string(fill, missing - left)).ToText();
    }

    private static JinjaText Pad(JinjaText text, Arguments given, Func<int, JinjaText, JinjaText> pad)
    {
        var missing = PythonValues.ToLong(given.Required(0, "width")) - CodePoints.Count(text.Value);
        return missing <= 0 ? text : missing > 100_000 ? throw new JinjaException("a width beyond 100000") : pad((int)missing, text);
    }

    private static char Fill(Arguments given) => given.Get(1, "fillchar") is JinjaText { Value: [var letter] } ? letter : ' ';

    private static string? Characters(Arguments given) => given.Get(0, "chars") is { } characters ? PythonValues.ToText(characters).Value : null;

    private static JinjaText? Separator(Arguments given) => given.Get(0, "sep") is { } separator ? PythonValues.ToText(separator) : null;

    private static long Most(Arguments given) => PythonValues.ToLong(given.Get(1, "maxsplit", -1L));

    private static bool Any(Arguments given, Func<string, bool> holds) => given.Required(0, "prefix") is JinjaList { Kind: ListKind.Tuple } several
        ? several.Items.Any(i => holds(PythonValues.ToText(i).Value))
        : holds(PythonValues.ToText(given.Required(0, "prefix")).Value);

    /// <summary>From the second argument on, up to the third.</summary>
    private static JinjaText Within(JinjaText text, Arguments given) => given.Positional.Count < 2
        ? text
        : (JinjaText)PythonValues.Slice(text, PythonValues.ToLong(given.Positional[1]), given.Get(2, "end") is { } end ? PythonValues.ToLong(end) : null, null);

    private static long Find(JinjaText text, Arguments given, bool isLast)
    {
        var (part, within) = (PythonValues.ToText(given.Required(0, "sub")).Value, Within(text, given));
        var place = isLast ? within.Value.LastIndexOf(part, StringComparison.Ordinal) : within.Value.IndexOf(part, StringComparison.Ordinal);
        if (place < 0) return -1;
        var skipped = given.Positional.Count < 2 ? 0 : PythonValues.ToLong(given.Positional[1]) is var start && start < 0 ? Math.Max(0, start + CodePoints.Count(text.Value)) : start;
        return skipped + CodePoints.Before(within.Value, place);
    }

    private static bool IsAll(JinjaText text, Func<char, bool> holds) => text.Value.Length > 0 && text.Value.All(holds);
}
