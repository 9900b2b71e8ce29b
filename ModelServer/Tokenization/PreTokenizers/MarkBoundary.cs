using ModelServer.Tokenization.Patterns;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>The places where SentencePiece's words begin: before a run of ▁.</summary>
internal static class MarkBoundary
{
    public const char Mark = '▁';

    private static readonly SplitPreTokenizer Words = new(TextPattern.Of(c => c == Mark, max: int.MaxValue), SplitBehavior.MergedWithNext);

    public static IPreTokenizer After(IPreTokenizer? steps) => steps is null ? Words : new SequencePreTokenizer([steps, Words]);

    /// <summary>Whether such a place is inside a token.</summary>
    public static bool IsWithin(ReadOnlySpan<char> token) => token.TrimStart(Mark).Contains(Mark);
}
