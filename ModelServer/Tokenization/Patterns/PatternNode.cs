using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>A step of a pattern, linked to what follows it, so that matching never goes deeper than the pattern is long.</summary>
internal abstract class PatternNode
{
    public const int NoMatch = -1;

    /// <summary>Where a match that begins at <paramref name="at"/> ends, or <see cref="NoMatch"/>.</summary>
    public abstract int Match(ReadOnlySpan<char> text, int at);

    /// <summary>Whether a match can begin with this code point; true when in doubt.</summary>
    public virtual bool CanBegin(int codePoint) => true;
}

/// <summary>The end of the pattern.</summary>
internal sealed class AcceptNode : PatternNode
{
    public override int Match(ReadOnlySpan<char> text, int at) => at;
}

/// <summary>So many code points of a set, as many as possible first.</summary>
/// <param name="set">Which code points.</param>
/// <param name="min">The fewest.</param>
/// <param name="max">The most.</param>
/// <param name="possessive">Whether none is given back for the sake of what follows.</param>
/// <param name="next">What follows.</param>
internal sealed class SetNode(CodePointSet set, int min, int max, bool possessive, PatternNode next) : PatternNode
{
    public override int Match(ReadOnlySpan<char> text, int at)
    {
        var (end, count) = (at, 0);
        for (; count < max && end < text.Length && set.Contains(CodePoint.Read(text, end, out var length)); count++) end += length;
        for (; count >= min; count--)
        {
            if (next.Match(text, end) is >= 0 and var match) return match;
            if (possessive || count == 0) break;
            end -= CodePoint.LengthBefore(text, end);
        }

        return NoMatch;
    }

    public override bool CanBegin(int codePoint) => set.Contains(codePoint) || (min == 0 && next.CanBegin(codePoint));
}

/// <summary>The first alternative that matches together with what follows.</summary>
internal sealed class ChoiceNode : PatternNode
{
    private readonly PatternNode[] _alternatives;
    private readonly PatternNode[][] _byFirst;

    public ChoiceNode(PatternNode[] alternatives)
    {
        _alternatives = alternatives;
        _byFirst = [.. Enumerable.Range(0, 128).Select(c => Array.FindAll(alternatives, a => a.CanBegin(c)))];
    }

    public override int Match(ReadOnlySpan<char> text, int at)
    {
        foreach (var alternative in at < text.Length && text[at] < _byFirst.Length ? _byFirst[text[at]] : _alternatives)
        {
            if (alternative.Match(text, at) is >= 0 and var match) return match;
        }

        return NoMatch;
    }

    public override bool CanBegin(int codePoint) => Array.Exists(_alternatives, a => a.CanBegin(codePoint));
}

/// <summary>Goes on where the text ahead does, or does not, match.</summary>
internal sealed class LookaheadNode(PatternNode ahead, bool negated, PatternNode next) : PatternNode
{
    public override int Match(ReadOnlySpan<char> text, int at) => ahead.Match(text, at) >= 0 == negated ? NoMatch : next.Match(text, at);
}
