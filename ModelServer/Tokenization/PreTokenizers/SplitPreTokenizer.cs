using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches of a pattern, the text between them staying as it is.</summary>
internal enum SplitBehavior
{
    /// <summary>Left out.</summary>
    Removed,

    /// <summary>Each a word of its own.</summary>
    Isolated,

    /// <summary>A match belongs to the word before it; one right after another match stands alone.</summary>
    MergedWithPrevious,

    /// <summary>A match belongs to the word after it; one right before another match stands alone.</summary>
    MergedWithNext,

    /// <summary>Adjacent matches are one word.</summary>
    Contiguous,
}

/// <summary>Cuts at the matches of a pattern.</summary>
/// <param name="pattern">What to look for in each slice by itself.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">Whether the text between the matches counts as matches, and the other way round.</param>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert = false) : IPreTokenizer
{
    public void PreTokenize(PreTokenizedText text) => text.Split(behavior == SplitBehavior.Isolated ? Isolate : Split);

    /// <summary>The behaviour that most files ask for, in which nothing merges.</summary>
    private void Isolate(PreTokenizedText text, Slice slice)
    {
        var taken = slice.Start;
        using var matches = new PatternMatcher(pattern, text.Text.Chars[slice.Start..slice.End]);
        while (matches.Next(out var match))
        {
            text.Add(new(taken, slice.Start + match.Start));
            text.Add(new(slice.Start + match.Start, slice.Start + match.End));
            taken = slice.Start + match.End;
        }

        text.Add(new(taken, slice.End));
    }

    private void Split(PreTokenizedText text, Slice slice)
    {
        var chars = text.Text.Chars[slice.Start..slice.End];
        var parts = new Parts(text, slice.Start, behavior);
        var taken = 0;
        using var matches = new PatternMatcher(pattern, chars);
        while (matches.Next(out var match))
        {
            if (match.Start > taken) parts.Add(taken, match.Start, isMatch: invert);
            parts.Add(match.Start, match.End, isMatch: !invert);
            taken = match.End;
        }

        if (taken < chars.Length) parts.Add(taken, chars.Length, isMatch: invert);
        parts.End();
    }

    /// <summary>Merges parts as the behaviour says; one word is held back as long as it may grow.</summary>
    private ref struct Parts(PreTokenizedText text, int origin, SplitBehavior behavior)
    {
        private int _start, _end;
        private bool _endsWithMatch;

        public void Add(int start, int end, bool isMatch)
        {
            var merges = behavior switch
            {
                SplitBehavior.Contiguous => isMatch == _endsWithMatch,
                SplitBehavior.MergedWithPrevious => isMatch && !_endsWithMatch,
                SplitBehavior.MergedWithNext => !isMatch && _endsWithMatch,
                _ => false,
            };
            if (!merges)
            {
                End();
                _start = start;
            }

            _end = behavior == SplitBehavior.Removed && isMatch ? _start : end;
            _endsWithMatch = isMatch;
        }

        public readonly void End() => text.Add(new(origin + _start, origin + _end));
    }
}
