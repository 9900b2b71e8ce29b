namespace ModelServer.Tokenization.Patterns;

/// <summary>
/// What the next two characters, both ASCII, tell of the alternatives of a choice: those that cannot match need not be tried, and none after one that is certain to.
/// </summary>
internal ref struct PatternForesight(ReadOnlySpan<char> known)
{
    // In doubt beyond: the ways through a pattern may be more than its steps can be counted.
    private const int MostSteps = 256;

    private readonly ReadOnlySpan<char> _known = known;
    private int _steps;

    private enum Outcome
    {
        Impossible,
        Possible,
        Certain,
    }

    /// <summary>The alternatives that remain, in their order.</summary>
    public static PatternNode[] Ways(PatternNode[] alternatives, char first, char second)
    {
        var ways = new List<PatternNode>(alternatives.Length);
        foreach (var alternative in alternatives)
        {
            var outcome = new PatternForesight([first, second]).Of(alternative, 0);
            if (outcome != Outcome.Impossible) ways.Add(alternative);
            if (outcome == Outcome.Certain) break;
        }

        return [.. ways];
    }

    private Outcome Of(PatternNode node, int at)
    {
        if (node.AlwaysMatches) return Outcome.Certain;
        if (at == _known.Length || ++_steps > MostSteps) return Outcome.Possible;
        switch (node.Step)
        {
            case PatternStep.One:
                return node.Set.Contains(_known[at]) ? Of(node.Next, at + 1) : Outcome.Impossible;
            case PatternStep.Many:
                return OfMany(node, at);
            case PatternStep.Choice:
                var best = Outcome.Impossible;
                foreach (var alternative in node.Alternatives) best = Better(best, Of(alternative, at));
                return best;
            case PatternStep.Ahead:
                var ahead = Of(node.Alternatives[0], at);
                if (ahead == (node.Negated ? Outcome.Certain : Outcome.Impossible)) return Outcome.Impossible;
                return ahead == Outcome.Possible ? AtMostPossible(Of(node.Next, at)) : Of(node.Next, at);
            default:
                return AtMostPossible(Of(node.Next, at));
        }
    }

    private Outcome OfMany(PatternNode node, int at)
    {
        var end = at;
        while (end < _known.Length && end - at < node.Max && node.Set.Contains(_known[end])) end++;
        var goesOn = end == _known.Length && end - at < node.Max;
        if (end - at < node.Min) return goesOn ? Outcome.Possible : Outcome.Impossible;
        // A possessive one ends where it must, which need not be known.
        if (node.Repetition == Repetition.Possessive) return !goesOn ? Of(node.Next, end) : node.Next.AlwaysMatches ? Outcome.Certain : Outcome.Possible;
        var best = goesOn ? Outcome.Possible : Outcome.Impossible;
        for (var last = at + node.Min; last <= end; last++) best = Better(best, Of(node.Next, last));
        return best;
    }

    private static Outcome Better(Outcome one, Outcome other) => one > other ? one : other;

    private static Outcome AtMostPossible(Outcome outcome) => outcome == Outcome.Impossible ? outcome : Outcome.Possible;
}
