namespace ModelServer.Jinja;

/// <summary>Takes texts apart and puts them together as Python does, keeping what the caller gave.</summary>
internal static class TextParts
{
    /// <param name="separator">Null for runs of white space.</param>
    /// <param name="most">How often at most; less than zero for as often as it is there.</param>
    public static JinjaList Split(RenderBudget budget, JinjaText text, JinjaText? separator, long most)
    {
        if (separator is null) return SplitByWhite(budget, text, most);
        if (separator.Value.Length == 0) throw new JinjaException("empty separator");
        var (parts, start) = (new List<object?>(), 0);
        while (most < 0 || parts.Count < most)
        {
            budget.Step();
            var place = text.Value.IndexOf(separator.Value, start, StringComparison.Ordinal);
            if (place < 0) break;
            parts.Add(text.Slice(start, place - start));
            start = place + separator.Value.Length;
        }

        parts.Add(text.Slice(start));
        budget.Spend(text.Value.Length);
        return new(parts);
    }

    public static JinjaList SplitFromEnd(RenderBudget budget, JinjaText text, JinjaText? separator, long most)
    {
        if (most < 0) return Split(budget, text, separator, most);
        var (parts, end) = (new List<object?>(), text.Value.Length);
        if (separator is null) end = TextMethods.Strip(text, null, start: false, end: true).Value.Length;
        while (parts.Count < most)
        {
            budget.Step();
            var (place, length) = Last(text.Value[..end], separator?.Value);
            if (place < 0) break;
            parts.Add(text.Slice(place + length, end - place - length));
            end = place;
        }

        var rest = text.Slice(0, end);
        if (separator is null) rest = TextMethods.Strip(rest, null, start: true, end: false);
        if (separator is not null || rest.Value.Length > 0) parts.Add(rest);
        parts.Reverse();
        budget.Spend(text.Value.Length);
        return new(parts);
    }

    /// <summary>By line breaks as <c>str.splitlines</c> knows them.</summary>
    public static IEnumerable<JinjaText> Lines(RenderBudget budget, JinjaText text, bool keepsEnds)
    {
        for (var start = 0; start < text.Value.Length;)
        {
            budget.Step();
            var end = text.Value.AsSpan(start).IndexOfAny("\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029");
            if (end < 0)
            {
                yield return text.Slice(start);
                yield break;
            }

            var length = text.Value.AsSpan(start + end).StartsWith("\r\n", StringComparison.Ordinal) ? 2 : 1;
            yield return text.Slice(start, keepsEnds ? end + length : end);
            start += end + length;
        }
    }

    public static JinjaList Partition(JinjaText text, string separator, bool isLast)
    {
        if (separator.Length == 0) throw new JinjaException("empty separator");
        var place = isLast ? text.Value.LastIndexOf(separator, StringComparison.Ordinal) : text.Value.IndexOf(separator, StringComparison.Ordinal);
        if (place < 0) return isLast ? JinjaList.Tuple(JinjaText.Empty, JinjaText.Empty, text) : JinjaList.Tuple(text, JinjaText.Empty, JinjaText.Empty);
        return JinjaList.Tuple(text.Slice(0, place), text.Slice(place, separator.Length), text.Slice(place + separator.Length));
    }

    /// <param name="most">How often at most; less than zero for as often as it is there.</param>
    public static JinjaText Replace(RenderBudget budget, JinjaText text, JinjaText old, JinjaText by, long most)
    {
        var (result, start) = (new JinjaTextBuilder(), 0);
        if (old.Value.Length == 0)
        {
            var letters = CodePoints.Split(text);
            budget.Spend(text.Value.Length + (long)by.Value.Length * (letters.Count + 1));
            for (var i = 0; i <= letters.Count; i++)
            {
                if (most < 0 || i < most) result.Append(by);
                if (i < letters.Count) result.Append((JinjaText)letters[i]!);
            }

            return result.ToText();
        }

        for (var count = 0L; most < 0 || count < most; count++)
        {
            var place = text.Value.IndexOf(old.Value, start, StringComparison.Ordinal);
            if (place < 0) break;
            budget.Step();
            budget.Spend(place - start + by.Value.Length);
            result.Append(text.Slice(start, place - start)).Append(by);
            start = place + old.Value.Length;
        }

        return start == 0 ? text : result.Append(text.Slice(start)).ToText();
    }

    public static JinjaText Join(RenderBudget budget, JinjaText separator, IEnumerable<JinjaText> texts)
    {
        var result = new JinjaTextBuilder();
        var isFirst = true;
        foreach (var text in texts)
        {
            if (!isFirst) result.Append(separator);
            isFirst = false;
            budget.Spend(separator.Value.Length + text.Value.Length);
            result.Append(text);
        }

        return result.ToText();
    }

    private static JinjaList SplitByWhite(RenderBudget budget, JinjaText text, long most)
    {
        var (parts, start) = (new List<object?>(), 0);
        while (true)
        {
            budget.Step();
            while (start < text.Value.Length && CodePoints.IsSpace(text.Value[start])) start++;
            if (start == text.Value.Length) break;
            if (most >= 0 && parts.Count >= most)
            {
                parts.Add(TextMethods.Strip(text.Slice(start), null, start: false, end: true));
                break;
            }

            var end = start;
            while (end < text.Value.Length && !CodePoints.IsSpace(text.Value[end])) end++;
            parts.Add(text.Slice(start, end - start));
            start = end;
        }

        budget.Spend(text.Value.Length);
        return new(parts);
    }

    private static (int Place, int Length) Last(string text, string? separator)
    {
        if (separator is not null) return separator.Length == 0 ? throw new JinjaException("empty separator") : (text.LastIndexOf(separator, StringComparison.Ordinal), separator.Length);
        var end = text.Length - 1;
        while (end >= 0 && !CodePoints.IsSpace(text[end])) end--;
        var start = end;
        while (start > 0 && CodePoints.IsSpace(text[start - 1])) start--;
        return (start, end - start + 1);
    }
}
