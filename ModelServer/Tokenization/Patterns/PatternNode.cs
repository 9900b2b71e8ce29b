namespace ModelServer.Tokenization.Patterns;

/// <summary>What a step of a pattern does.</summary>
internal enum PatternStep
{
    /// <summary>The pattern, or what is looked at, has matched.</summary>
    Accept,

    /// <summary>One code point of a set.</summary>
    One,

    /// <summary>So many code points of a set.</summary>
    Many,

    /// <summary>The first alternative that matches together with what follows it.</summary>
    Choice,

    /// <summary>Whether the text ahead matches, or does not.</summary>
    Ahead,

    /// <summary>Whether the text behind matches one of the alternatives, each of so many code points, or does not.</summary>
    Behind,

    /// <summary>Whether a place is one of a kind.</summary>
    Place,
}

/// <summary>How a repetition goes on.</summary>
internal enum Repetition
{
    /// <summary>As many as possible, fewer for the sake of what follows.</summary>
    Greedy,

    /// <summary>As few as possible, more for the sake of what follows.</summary>
    Lazy,

    /// <summary>As many as possible, whatever follows.</summary>
    Possessive,
}

/// <summary>A step of a pattern, linked to what follows it; <see cref="PatternMatcher"/> walks them.</summary>
internal sealed class PatternNode
{
    public const int Unlimited = int.MaxValue;

    private PatternNode[]?[]?[]? _byFirstTwo;
    private bool? _alwaysMatches;

    private PatternNode(PatternStep step) => Step = step;

    public PatternStep Step { get; }

    /// <summary>Where the matcher remembers about this step; only steps with more than one way to go on have a place.</summary>
    public int Slot { get; set; } = -1;

    public PatternNode Next { get; private init; } = null!;

    public CodePointSet Set { get; private init; } = null!;

    public int Min { get; private init; }

    public int Max { get; private init; }

    public Repetition Repetition { get; private init; }

    /// <summary>In order of preference; a repeated group leads back to its choice.</summary>
    public PatternNode[] Alternatives { get; private set; } = [];

    /// <summary>The alternatives that may match before an ASCII character.</summary>
    public PatternNode[][] ByFirst { get; private set; } = [];

    /// <summary>Whether a greedy repetition may have to end earlier than it can: not before what always matches, nor before what none of its own can begin.</summary>
    public bool GivesBack { get; private set; } = true;

    /// <summary>Whether it may have to give back characters beyond the basic plane, even where it gives back no others.</summary>
    public bool GivesBackBeyond { get; private set; } = true;

    /// <summary>Whether this step and all that follow match at any place, if only nothing.</summary>
    public bool AlwaysMatches => _alwaysMatches ??= Step switch
    {
        PatternStep.Accept => true,
        PatternStep.Many => Min == 0 && Next.AlwaysMatches,
        PatternStep.Choice => Array.Exists(Alternatives, a => a.AlwaysMatches),
        _ => false,
    };

    public bool Negated { get; private init; }

    /// <summary>For the text behind: how long each alternative is, in code points.</summary>
    public int[] Lengths { get; private init; } = [];

    public PlaceTest Test { get; private init; } = null!;

    public static PatternNode Accept() => new(PatternStep.Accept);

    public static PatternNode Of(CodePointSet set, int min, int max, Repetition repetition, PatternNode next) =>
        new(min == 1 && max == 1 ? PatternStep.One : PatternStep.Many) { Set = set, Min = min, Max = max, Repetition = repetition, Next = next };

    public static PatternNode Choice(params PatternNode[] alternatives) => new(PatternStep.Choice) { Alternatives = alternatives };

    /// <summary>A group again and again, and then what follows.</summary>
    public static PatternNode Loop(Func<PatternNode, PatternNode> group, bool lazy, PatternNode next)
    {
        var node = new PatternNode(PatternStep.Choice);
        var again = group(node);
        node.Alternatives = lazy ? [next, again] : [again, next];
        return node;
    }

    public static PatternNode Ahead(PatternNode inner, bool negated, PatternNode next) =>
        new(PatternStep.Ahead) { Alternatives = [inner], Negated = negated, Next = next };

    public static PatternNode Behind(PatternNode[] inner, int[] lengths, bool negated, PatternNode next) =>
        new(PatternStep.Behind) { Alternatives = inner, Lengths = lengths, Negated = negated, Next = next };

    public static PatternNode At(PlaceTest test, PatternNode next) => new(PatternStep.Place) { Test = test, Next = next };

    /// <summary>The alternatives to try at a place.</summary>
    public PatternNode[] Ways(ReadOnlySpan<char> text, int at)
    {
        if (at == text.Length || text[at] >= 128) return Alternatives;
        var ways = ByFirst[text[at]];
        if (ways.Length < 2 || _byFirstTwo is null || at + 1 == text.Length || text[at + 1] >= 128) return ways;
        // Found out when it is first asked for; two threads find the same.
        ref var row = ref _byFirstTwo[text[at]];
        row ??= new PatternNode[128][];
        return row[text[at + 1]] ??= PatternForesight.Ways(ways, text[at], text[at + 1]);
    }

    /// <summary>Ends the making of a pattern: gives each step that needs one a place to remember by, and tells how many there are.</summary>
    public static int Complete(PatternNode start)
    {
        var (slots, open, seen, begins) = (0, new Stack<PatternNode>([start]), new HashSet<PatternNode>(), new PatternBeginnings());
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            // Found out before threads share the pattern.
            _ = node.AlwaysMatches;
            if (node.Step is PatternStep.Many or PatternStep.Choice) node.Slot = slots++;
            if (node.Step == PatternStep.Many)
            {
                var mayFail = node.Repetition == Repetition.Greedy && !node.Next.AlwaysMatches;
                (node.GivesBack, node.GivesBackBeyond) = (mayFail && begins.Overlap(node.Next, node.Set), mayFail && node.Set.Only is null);
            }

            if (node.Step == PatternStep.Choice) node.ByFirst = [.. Enumerable.Range(0, 128).Select(c => Array.FindAll(node.Alternatives, a => begins.Contains(a, (char)c)))];
            foreach (var alternative in node.Alternatives) open.Push(alternative);
            if (node.Next is { } next) open.Push(next);
        }

        // Other choices are less frequent, and a pattern may have many.
        if (start.Step == PatternStep.Choice) start._byFirstTwo = new PatternNode[128][][];
        return slots;
    }
}

/// <summary>Whether a place of a text is one of a kind.</summary>
internal delegate bool PlaceTest(ReadOnlySpan<char> text, int at);
