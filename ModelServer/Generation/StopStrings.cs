namespace ModelServer.Generation;

/// <summary>Ends a text where the first of some strings is complete, however the text is cut into parts. What follows is not emitted, nor is the string
/// itself unless it is kept; what may be the beginning of one is held back until it is not.</summary>
internal sealed class StopStrings(IReadOnlyList<string> stops, bool isKept = false)
{
    private string _held = "";

    public bool Found { get; private set; }

    /// <returns>The text that is certain now.</returns>
    public string Append(string text)
    {
        if (stops.Count == 0 || Found) return Found ? "" : text;
        _held += text;
        if (FindFirst() is { } first)
        {
            Found = true;
            return _held[..(isKept ? first.End : first.Start)];
        }

        var certain = _held[..^stops.Max(LongestBeginning)];
        _held = _held[certain.Length..];
        return certain;
    }

    /// <returns>What was held back, now that nothing follows.</returns>
    public string Flush() => Found ? "" : _held;

    /// <summary>Where the stop that is complete first begins; of those complete at once, the longest.</summary>
    private (int Start, int End)? FindFirst()
    {
        (int Start, int End)? first = null;
        foreach (var stop in stops)
        {
            var start = _held.IndexOf(stop, StringComparison.Ordinal);
            if (start < 0) continue;
            var end = start + stop.Length;
            if (first is null || end < first.Value.End || (end == first.Value.End && start < first.Value.Start)) first = (start, end);
        }

        return first;
    }

    /// <summary>How many of the last characters are the first of this stop.</summary>
    private int LongestBeginning(string stop)
    {
        var length = Math.Min(stop.Length - 1, _held.Length);
        while (!_held.AsSpan().EndsWith(stop.AsSpan(0, length), StringComparison.Ordinal)) length--;
        return length;
    }
}
