using System.Globalization;

namespace ModelServer.Tokenization.Patterns;

/// <summary>
/// Reads the part of Oniguruma's regular expressions that tokenizers use. They match code points, not UTF-16 units, and categories are
/// Unicode's; whatever may mean something else elsewhere is refused.
/// </summary>
internal sealed class PatternParser
{
    private const int MostCopies = 1000;

    private readonly string _pattern;
    private int _at, _copies;
    private bool _ignoreCase, _dotAll;

    private PatternParser(string pattern) => _pattern = pattern;

    private char Next => _at < _pattern.Length ? _pattern[_at] : '\0';

    /// <param name="pattern">The expression.</param>
    /// <param name="shortest">The least code points that it matches.</param>
    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static PatternNode Parse(string pattern, out int shortest)
    {
        var parser = new PatternParser(pattern);
        var parts = parser.Alternatives();
        if (parser._at < pattern.Length) throw parser.Unsupported(")");
        var whole = Either(parts);
        shortest = whole.Min;
        return whole.Link(PatternNode.Accept());
    }

    private static Part Either(List<Part> parts) => parts.Count == 1
        ? parts[0]
        : new(next => PatternNode.Choice([.. parts.Select(p => p.Link(next))]), parts.Min(p => p.Min), parts.Max(p => p.Max));

    private List<Part> Alternatives()
    {
        var (ignoreCase, dotAll) = (_ignoreCase, _dotAll);
        List<Part> all = [Sequence()];
        while (TryTake("|")) all.Add(Sequence());
        (_ignoreCase, _dotAll) = (ignoreCase, dotAll);
        return all;
    }

    private Part Sequence()
    {
        var steps = new List<Part>();
        while (_at < _pattern.Length && Next is not ('|' or ')')) steps.Add(Step());
        return new(next => Enumerable.Reverse(steps).Aggregate(next, (node, part) => part.Link(node)), Sum(steps.Select(p => p.Min)), Sum(steps.Select(p => p.Max)));
    }

    private Part Step()
    {
        if (TryTake("(?!")) return Look(negated: true);
        if (TryTake("(?=")) return Look(negated: false);
        if (TryTake("(?<!")) return LookBehind(negated: true);
        if (TryTake("(?<=")) return LookBehind(negated: false);
        if (TryTake("(?:")) return Group();
        if (TryTake("(?")) return Options();
        if (TryTake("(")) return Group();
        if (PatternPlaces.TryRead(_pattern, ref _at) is { } test) return Unrepeated(new(next => PatternNode.At(test, next), 0, 0));
        // Only with the option (?m) does a dot match the end of a line.
        var dotAll = _dotAll;
        if (_ignoreCase && IsFolded()) throw Unsupported("letters that are one letter where case is ignored");
        var begin = _at;
        Func<int, bool> contains = TryTake(".") ? c => dotAll || c != '\n' : PatternClass.Read(_pattern, ref _at, _ignoreCase);
        var set = new CodePointSet(contains, _at == begin + 1 && _pattern[begin] != '.' && !_ignoreCase ? _pattern[begin] : null);
        var (min, max, kind) = Quantifier();
        return new(next => PatternNode.Of(set, min, max, kind, next), min, max);
    }

    /// <summary>Of two letters, one: ß for ss, ﬁ for fi. A letter with a quantifier stands alone.</summary>
    private bool IsFolded()
        => _pattern.Length > _at + 1 && $"{Next}{_pattern[_at + 1]}".ToLowerInvariant() is "ss" or "ff" or "fi" or "fl" or "st"
            && (_pattern.Length == _at + 2 || _pattern[_at + 2] is not ('?' or '*' or '+' or '{'));

    private Part Look(bool negated)
    {
        var ahead = Either(Alternatives());
        Close();
        return Unrepeated(new(next => PatternNode.Ahead(ahead.Link(PatternNode.Accept()), negated, next), 0, 0));
    }

    private Part LookBehind(bool negated)
    {
        var behind = Alternatives();
        Close();
        if (behind.Exists(p => p.Min != p.Max)) throw Unsupported("a look behind of any length");
        int[] lengths = [.. behind.Select(p => p.Min)];
        return Unrepeated(new(next => PatternNode.Behind([.. behind.Select(p => p.Link(PatternNode.Accept()))], lengths, negated, next), 0, 0));
    }

    private Part Unrepeated(Part part) => Next is '?' or '*' or '+' ? throw Unsupported($"a repeated place {Next}") : part;

    /// <summary>(?i) for the rest of the group, (?i:…), (?m…) for a dot that matches everything, (?&lt;name&gt;…).</summary>
    private Part Options()
    {
        var begin = _at - 2;
        if (TryTake("<") && _pattern.IndexOf('>', _at) is > 0 and var end && _pattern.AsSpan(_at, end - _at) is [not ('=' or '!'), ..] name && !name.ContainsAnyExcept("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
        {
            _at = end + 1;
            return Group();
        }

        var (ignoreCase, dotAll, on) = (_ignoreCase, _dotAll, true);
        for (; Next is 'i' or 'm' or '-'; _at++)
        {
            if (Next == 'i') ignoreCase = on;
            else if (Next == 'm') dotAll = on;
            else on = false;
        }

        var (outerCase, outerDot) = (_ignoreCase, _dotAll);
        (_ignoreCase, _dotAll) = (ignoreCase, dotAll);
        if (TryTake(")"))
        {
            // What follows is a group of its own, with all its alternatives.
            return Either(Alternatives());
        }

        if (!TryTake(":")) throw Unsupported($"{_pattern[begin..Math.Min(_at + 1, _pattern.Length)]}");
        var group = Group();
        (_ignoreCase, _dotAll) = (outerCase, outerDot);
        return group;
    }

    private Part Group()
    {
        var inner = Either(Alternatives());
        Close();
        var (min, max, kind) = Quantifier();
        if ((min, max) == (1, 1)) return inner;
        if (kind == Repetition.Possessive) throw Unsupported("a repeated group that gives nothing back");
        if (inner.Min == 0) throw Unsupported("a repeated group that may match nothing");
        var copies = max == PatternNode.Unlimited ? min : max;
        if ((_copies += copies) > MostCopies) throw Unsupported($"groups repeated more than {MostCopies} times");
        return new(Repeated, Times(inner.Min, min), Times(inner.Max, max));

        PatternNode Repeated(PatternNode next)
        {
            var lazy = kind == Repetition.Lazy;
            var node = next;
            if (max == PatternNode.Unlimited) node = PatternNode.Loop(again => inner.Link(again), lazy, next);
            else for (var i = min; i < max; i++) node = lazy ? PatternNode.Choice(next, inner.Link(node)) : PatternNode.Choice(inner.Link(node), next);
            for (var i = 0; i < min; i++) node = inner.Link(node);
            return node;
        }
    }

    private (int Min, int Max, Repetition Kind) Quantifier()
    {
        (int, int)? bounds = TryTake("?") ? (0, 1) : TryTake("*") ? (0, PatternNode.Unlimited) : TryTake("+") ? (1, PatternNode.Unlimited) : null;
        var isInterval = bounds is null && IsInterval();
        var (min, max) = bounds ?? (isInterval ? Interval() : (1, 1));
        if (bounds is null && !isInterval) return (1, 1, Repetition.Greedy);
        var kind = isInterval && min == max ? Repetition.Greedy : TryTake("?") ? Repetition.Lazy : !isInterval && TryTake("+") ? Repetition.Possessive : Repetition.Greedy;
        return Next is '?' or '*' or '+' || IsInterval() ? throw Unsupported($"a second quantifier {Next}") : (min, max, kind);
    }

    /// <summary>A brace that no numbers follow stands for itself.</summary>
    private bool IsInterval() => Next == '{' && _pattern.IndexOf('}', _at) is > 0 and var end && _pattern.AsSpan(_at + 1, end - _at - 1) is { Length: > 0 } inner && !inner.ContainsAnyExcept("0123456789,");

    private (int Min, int Max) Interval()
    {
        var end = _pattern.IndexOf('}', _at);
        var bounds = end < 0 ? [] : _pattern[(_at + 1)..end].Split(',');
        if (bounds.Length is not (1 or 2) || bounds.All(b => b.Length == 0) || !TryBound(bounds[0], 0, out var min) || !TryBound(bounds[^1], PatternNode.Unlimited, out var max) || max < min || max == 0)
        {
            throw Unsupported("{");
        }

        _at = end + 1;
        return (min, max);

        static bool TryBound(string text, int absent, out int bound)
        {
            bound = absent;
            return text.Length == 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bound) && bound < 100_000);
        }
    }

    private void Close()
    {
        if (!TryTake(")")) throw Unsupported("an open group");
    }

    private bool TryTake(string text)
    {
        if (string.CompareOrdinal(_pattern, _at, text, 0, text.Length) != 0) return false;
        _at += text.Length;
        return true;
    }

    private NotSupportedException Unsupported(string what) => new($"{what} at {_at}");

    private static int Sum(IEnumerable<int> lengths) => (int)Math.Min(lengths.Sum(l => (long)l), PatternNode.Unlimited);

    private static int Times(int length, int times) => (int)Math.Min((long)length * times, PatternNode.Unlimited);

    /// <summary>What a piece of the expression becomes before what follows it, and how many code points it matches.</summary>
    private readonly record struct Part(Func<PatternNode, PatternNode> Link, int Min, int Max);
}
