namespace ModelServer.Generation;

internal static class CodePointCount
{
    /// <summary>Unicode code points of a text, which clients in Python count by.</summary>
    public static int CodePoints(this string text)
    {
        var count = 0;
        foreach (var c in text) count += char.IsLowSurrogate(c) ? 0 : 1;
        return count;
    }
}
