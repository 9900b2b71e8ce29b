namespace ModelServer.ToolCalls;

/// <summary>How much of a text's end must wait for what follows it.</summary>
internal static class HeldBack
{
    /// <summary>Most white space before a mark that is taken for part of it.</summary>
    private const int MostSpace = 16;

    /// <summary>Characters at the end that may be the beginning of a mark, with the white space before them.</summary>
    public static int Before(ReadOnlySpan<char> text, IReadOnlyList<string> marks)
    {
        var begun = Begun(text, marks);
        return begun + Space(text[..^begun]);
    }

    /// <summary>Characters at the end that may be the beginning of a mark.</summary>
    public static int Begun(ReadOnlySpan<char> text, IReadOnlyList<string> marks)
    {
        var begun = 0;
        foreach (var mark in marks) begun = Math.Max(begun, Beginning(text, mark));
        return begun;
    }

    /// <summary>White space at the end that goes with a mark behind it.</summary>
    public static int Space(ReadOnlySpan<char> text) => Math.Min(MostSpace, text.Length - text.TrimEnd().Length);

    /// <summary>How many of the last characters are the first of the mark, which is not all there.</summary>
    private static int Beginning(ReadOnlySpan<char> text, string mark)
    {
        var length = Math.Min(mark.Length - 1, text.Length);
        while (!text.EndsWith(mark.AsSpan(0, length), StringComparison.Ordinal)) length--;
        return length;
    }
}
