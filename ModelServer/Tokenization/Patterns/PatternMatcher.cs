using System.Runtime.CompilerServices;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>
/// Finds a pattern's matches in one text, each after the last, as Oniguruma does: backtracking, the first way that matches. Steps are counted, and beyond what texts need
/// (<see cref="Patience"/> for each unit) it remembers what failed where.
/// </summary>
internal ref struct PatternMatcher
{
    /// <summary>Steps for each unit of the text before it begins to remember; ordinary patterns need three to ten.</summary>
    public const int Patience = 32;

    private const int NoMatch = -1;

    private static readonly PatternNode Matched = PatternNode.Accept();

    [ThreadStatic]
    private static PatternFrame[]? _spare;

    private readonly TextPattern _pattern;
    private readonly ReadOnlySpan<char> _text;
    private readonly long _limit;
    private PatternFrame[] _frames;
    private PatternMemory? _memory;
    private int _count, _from, _lastEnd = -1;

    public PatternMatcher(TextPattern pattern, ReadOnlySpan<char> text)
    {
        _pattern = pattern;
        _text = text;
        _limit = Patience * (text.Length + 64L);
        _frames = _spare ?? new PatternFrame[64];
        _spare = null;
    }

    /// <summary>How much was done, in units looked at and ways tried.</summary>
    public long Steps { get; private set; }

    /// <summary>The next match; one of nothing right after another match does not count.</summary>
    public bool Next(out TextSpan match)
    {
        match = default;
        while (_from <= _text.Length)
        {
            var (start, end) = Search(_from);
            if (end < 0) break;
            if (start == end && end == _lastEnd)
            {
                _from = start + (start < _text.Length ? CodePoint.LengthAt(_text, start) : 1);
                continue;
            }

            (_from, _lastEnd) = (end, end);
            match = new(start, end);
            return true;
        }

        _from = _text.Length + 1;
        return false;
    }

    public void Dispose()
    {
        _spare = _frames;
        _memory?.Dispose();
    }

    private (int Start, int End) Search(int from)
    {
        if (_pattern.Literal is { } literal)
        {
            var at = _text[from..].IndexOf(literal.AsSpan());
            return at < 0 ? (0, NoMatch) : (from + at, from + at + literal.Length);
        }

        while (Skip(ref from))
        {
            if (Run(_pattern.Start, from, ahead: false) is >= 0 and var end) return (from, end);
            if (from == _text.Length) break;
            from += CodePoint.LengthAt(_text, from);
        }

        return (0, NoMatch);
    }

    /// <summary>Goes to the next place where a match may begin, the end of the text included; false where there is none.</summary>
    private readonly bool Skip(ref int from)
    {
        var skipped = 0;
        var rest = _text[from..];
        if (_pattern.Beginning.Length > 0) skipped = rest.IndexOf(_pattern.Beginning);
        else if (rest is [< (char)128 and var c, ..] && !_pattern.MayBegin[c] && (skipped = rest.IndexOfAnyExcept(_pattern.Skipped)) < 0) skipped = rest.Length;
        from += skipped;
        return skipped >= 0;
    }

    /// <summary>Where a match from here ends. What looks ahead asks only whether there is one, so that its successes are remembered too.</summary>
    private int Run(PatternNode node, int at, bool ahead)
    {
        var (floor, open) = (_count, _memory?.Open ?? 0);
        while (true)
        {
            var known = _memory is { } memory && node.Slot >= 0 ? Known(memory, node, at) : 0;
            if (node.Step == PatternStep.Accept || known > 0)
            {
                Succeed(floor, open, ahead);
                return at;
            }

            if ((known >= 0 && Advance(ref node, ref at)) || Back(floor, ref node, ref at)) continue;
            _memory?.Fail(open);
            return NoMatch;
        }
    }

    /// <summary>1 where a step is known to succeed, -1 where it is known to fail. A repetition is remembered by where it may end first.</summary>
    private readonly int Known(PatternMemory memory, PatternNode node, int at)
    {
        if (node.Step == PatternStep.Many) return 0;
        if (memory.Succeeds(node, at)) return 1;
        if (memory.Fails(node, at)) return -1;
        memory.Enter(node, at);
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Advance(ref PatternNode node, ref int at)
    {
        Steps++;
        var length = 0;
        switch (node.Step)
        {
            case PatternStep.One:
                if (at == _text.Length || !node.Set.Contains(CodePoint.Read(_text, at, out length))) return false;
                at += length;
                break;
            case PatternStep.Many:
                return Repeat(ref node, ref at);
            case PatternStep.Choice:
                var ways = node.Ways(_text, at);
                if (ways.Length == 0) return false;
                if (ways.Length > 1) Push(new(node, ways, 1, at, at, 0));
                node = ways[0];
                return true;
            case PatternStep.Ahead:
                if (Run(node.Alternatives[0], at, ahead: true) >= 0 == node.Negated) return false;
                break;
            case PatternStep.Behind:
                if (IsBehind(node, at) == node.Negated) return false;
                break;
            default:
                if (!node.Test(_text, at)) return false;
                break;
        }

        node = node.Next;
        return true;
    }

    private bool Repeat(ref PatternNode node, ref int at)
    {
        var (set, end, count) = (node.Set, at, 0);
        for (int length; count < node.Min; count++, end += length)
        {
            if (end == _text.Length || !set.Contains(CodePoint.Read(_text, end, out length))) return false;
        }

        var first = end;
        if (_memory is { } memory)
        {
            if (memory.Fails(node, first)) return false;
            if (memory.Succeeds(node, first))
            {
                node = Matched;
                return true;
            }
        }

        if (node.Repetition != Repetition.Lazy)
        {
            if (_memory is null && node.Max == PatternNode.Unlimited) end = set.RunEnd(_text, end);
            var marked = node.Max == PatternNode.Unlimited ? _memory : null;
            for (; count < node.Max && end < _text.Length && set.Contains(CodePoint.Read(_text, end, out var length)); count++)
            {
                // From there on every end is known to fail.
                if (marked is not null && marked.Fails(node, end + length))
                {
                    if (node.Repetition == Repetition.Possessive) return false;
                    break;
                }

                end += length;
            }
        }

        Steps += end - at;
        var mayChange = node.Repetition == Repetition.Lazy
            || (end > first && (node.GivesBack || (node.GivesBackBeyond && _text[first..end].ContainsAnyInRange('\uD800', '\uDFFF'))));
        if (mayChange || _memory is not null) Push(new(node, null, count, node.Repetition == Repetition.Possessive ? end : first, end, first));
        (node, at) = (node.Next, end);
        return true;
    }

    /// <summary>Takes the next way of the last step that has one.</summary>
    private bool Back(int floor, ref PatternNode node, ref int at)
    {
        if (_memory is null && ++Steps > _limit) _memory = new(_pattern.Slots, _text.Length);
        while (_count > floor)
        {
            ref var frame = ref _frames[_count - 1];
            _memory?.Fail(Math.Min(frame.Open, _memory.Open));
            Steps++;
            if (frame.Ways is { } ways)
            {
                (node, at) = (ways[frame.Count++], frame.End);
                if (frame.Count == ways.Length) _count--;
                return true;
            }

            // Of a greedy repetition every longer end has failed, and with it one that begins where this one ends.
            if (frame.Node is { Repetition: Repetition.Greedy, Max: PatternNode.Unlimited }) _memory?.Mark(frame.Node, frame.End, frame.End, succeeds: false);
            if (Changes(ref frame))
            {
                (node, at) = (frame.Node.Next, frame.End);
                return true;
            }

            if (frame.Node.Max == PatternNode.Unlimited) _memory?.Mark(frame.Node, frame.First, Math.Max(frame.End, frame.Longest), succeeds: false);
            _count--;
        }

        return false;
    }

    private readonly bool Changes(ref PatternFrame frame)
    {
        if (frame.Node.Repetition != Repetition.Lazy)
        {
            if (frame.End == frame.Least) return false;
            frame.End -= CodePoint.LengthBefore(_text, frame.End);
            return true;
        }

        if (frame.Count == frame.Node.Max || frame.End == _text.Length || !frame.Node.Set.Contains(CodePoint.Read(_text, frame.End, out var length))) return false;
        frame.End += length;
        frame.Count++;
        return true;
    }

    private void Succeed(int floor, int open, bool ahead)
    {
        if (_memory is { } memory)
        {
            // Memory may be younger than the search, and its marks with it.
            memory.Succeed(Math.Min(open, memory.Open), ahead);
            foreach (ref readonly var frame in _frames.AsSpan(floor, ahead ? _count - floor : 0))
            {
                if (frame.Ways is null && frame.Node.Max == PatternNode.Unlimited) memory.Mark(frame.Node, frame.First, frame.End, succeeds: true);
            }
        }

        _count = floor;
    }

    private bool IsBehind(PatternNode node, int at)
    {
        for (var i = 0; i < node.Alternatives.Length; i++)
        {
            var (start, left) = (at, node.Lengths[i]);
            for (; left > 0 && start > 0; left--) start -= CodePoint.LengthBefore(_text, start);
            if (left == 0 && Run(node.Alternatives[i], start, ahead: true) >= 0) return true;
        }

        return false;
    }

    private void Push(PatternFrame frame)
    {
        if (_count == _frames.Length) Array.Resize(ref _frames, _count * 2);
        _frames[_count++] = frame with { Open = _memory?.Open ?? 0 };
    }
}
