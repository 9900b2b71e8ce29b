namespace ModelServer.Tokenization.Patterns;

/// <summary>A step that can go on in another way.</summary>
/// <param name="Node">The step.</param>
/// <param name="Ways">For a choice: its alternatives; null for a repetition.</param>
/// <param name="Count">Which alternative is next; how often a repetition has repeated.</param>
/// <param name="Least">Where a repetition must not end before.</param>
/// <param name="End">Where it ends now, or where a choice is.</param>
/// <param name="First">From where on its ends are.</param>
internal record struct PatternFrame(PatternNode Node, PatternNode[]? Ways, int Count, int Least, int End, int First)
{
    public int Longest { get; } = End;

    public int Open { get; init; }
}
