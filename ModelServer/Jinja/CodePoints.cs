namespace ModelServer.Jinja;

/// <summary>Texts as Python counts them, by code points. Where a text has no surrogates, which is nearly always, those are its chars.</summary>
internal static class CodePoints
{
    public static long Count(string text)
    {
        if (!HasSurrogates(text)) return text.Length;
        var count = text.Length;
        foreach (var letter in text)
            if (char.IsLowSurrogate(letter)) count--;
        return count;
    }

    public static JinjaText? At(JinjaText text, long place)
    {
        var count = Count(text.Value);
        if (place < 0) place += count;
        return place < 0 || place >= count ? null : Slice(text, place, place + 1);
    }

    public static JinjaText Slice(JinjaText text, long from, long to)
    {
        if (from >= to) return JinjaText.Empty;
        var (start, end) = (Place(text.Value, from), Place(text.Value, to));
        return text.Slice(start, end - start);
    }

    /// <summary>Every code point as a text of its own.</summary>
    public static IReadOnlyList<object?> Split(JinjaText text)
    {
        var letters = new List<object?>(text.Value.Length);
        for (int i = 0, length; i < text.Value.Length; i += length)
        {
            length = char.IsSurrogatePair(text.Value, i) ? 2 : 1;
            letters.Add(text.Slice(i, length));
        }

        return letters;
    }

    /// <summary>The order of code points, which is not that of UTF-16 where there are surrogates.</summary>
    public static int Compare(string a, string b)
    {
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] == b[i]) continue;
            return char.IsSurrogate(a[i]) != char.IsSurrogate(b[i]) ? (char.IsSurrogate(a[i]) ? 1 : -1) : a[i].CompareTo(b[i]);
        }

        return a.Length.CompareTo(b.Length);
    }

    /// <summary>The number of code points before a char.</summary>
    public static long Before(string text, int place) => Count(text[..place]);

    /// <summary>The char that a code point begins at.</summary>
    public static int Place(string text, long codePoint)
    {
        if (codePoint >= text.Length) return text.Length;
        if (!HasSurrogates(text)) return (int)codePoint;
        var place = 0;
        for (var i = 0L; i < codePoint && place < text.Length; i++) place += char.IsSurrogatePair(text, place) ? 2 : 1;
        return place;
    }

    private static bool HasSurrogates(string text) => text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0;

    /// <summary>White space as <c>str.isspace</c> has it.</summary>
    public static bool IsSpace(char letter) => char.IsWhiteSpace(letter) || letter is >= '\x1c' and <= '\x1f';
}
