using ModelServer.Constraints.Automata;

namespace ModelServer.Generation;

/// <summary>Ends a text where the first of some strings is complete, however the text is cut into parts. What follows is not emitted, nor is the string
/// itself unless it is kept; what may be the beginning of one is held back until it is not.</summary>
/// <param name="grammar">Reads the text: a string ends it only where what is left is whole. Null where it always does.</param>
internal sealed class StopStrings(IReadOnlyList<string> stops, bool isKept = false, GrammarText? grammar = null)
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
        grammar?.Append(certain);
        return certain;
    }

    /// <returns>What was held back, now that nothing follows.</returns>
    public string Flush() => Found ? "" : _held;

    /// <summary>The stop that is complete first, of those that may end the text.</summary>
    private (int Start, int End)? FindFirst()
    {
        var next = Next(0);
        while (next is { } stop && grammar is not null && !grammar.IsWholeWith(_held[..(isKept ? stop.End : stop.Start)])) next = Next(stop.End);
        return next;
    }

    /// <summary>Where the stop begins that is complete first behind a place; of those complete at once, the longest.</summary>
    private (int Start, int End)? Next(int behind)
    {
        (int Start, int End)? first = null;
        foreach (var stop in stops)
        {
            var start = _held.IndexOf(stop, Math.Min(Math.Max(0, behind - stop.Length + 1), _held.Length), StringComparison.Ordinal);
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
