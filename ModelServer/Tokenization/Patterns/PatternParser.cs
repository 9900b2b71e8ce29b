using System.Globalization;

namespace ModelServer.Tokenization.Patterns;

/// <summary>
/// Reads the part of Oniguruma's regular expressions that tokenizers use. They match code points, not UTF-16 units, and categories are
/// Unicode's; whatever may mean something else elsewhere is refused.
/// </summary>
internal sealed class PatternParser
{
    private readonly string _pattern;
    private int _at;

    private PatternParser(string pattern) => _pattern = pattern;

    /// <summary>Makes a node of what follows it.</summary>
    private delegate PatternNode Link(PatternNode next);

    private char Next => _at < _pattern.Length ? _pattern[_at] : '\0';

    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var node = parser.Alternatives(ignoreCase: false)(new AcceptNode());
        return parser._at == pattern.Length ? node : throw parser.Unsupported(")");
    }

    private Link Alternatives(bool ignoreCase)
    {
        List<Link> all = [Sequence(ignoreCase)];
        while (TryTake("|")) all.Add(Sequence(ignoreCase));
        return all.Count == 1 ? all[0] : next => new ChoiceNode([.. all.Select(link => link(next))]);
    }

    private Link Sequence(bool ignoreCase)
    {
        var steps = new List<Link>();
        while (_at < _pattern.Length && Next is not ('|' or ')')) steps.Add(Step(ignoreCase));
        return next => Enumerable.Reverse(steps).Aggregate(next, (node, link) => link(node));
    }

    private Link Step(bool ignoreCase)
    {
        if (TryTake("(?!")) return Lookahead(ignoreCase, negated: true);
        if (TryTake("(?=")) return Lookahead(ignoreCase, negated: false);
        if (TryTake("(?:")) return Group(ignoreCase);
        if (TryTake("(?i:")) return Group(ignoreCase: true);
        if (TryTake("(?")) throw Unsupported($"(?{Next}");
        if (TryTake("(")) return Group(ignoreCase);
        var set = new CodePointSet(PatternClass.Read(_pattern, ref _at, ignoreCase));
        var (min, max) = Quantifier();
        var possessive = TryTake("+");
        if (Next is '?' or '*' or '{' && (min, max) != (1, 1)) throw Unsupported($"a second quantifier {Next}");
        if (possessive && _pattern[_at - 2] == '}') throw Unsupported("a second quantifier +");
        return next => new SetNode(set, min, max, possessive, next);
    }

    private Link Lookahead(bool ignoreCase, bool negated)
    {
        var ahead = Alternatives(ignoreCase)(new AcceptNode());
        Close();
        return next => new LookaheadNode(ahead, negated, next);
    }

    private Link Group(bool ignoreCase)
    {
        var inner = Alternatives(ignoreCase);
        Close();
        var optional = TryTake("?");
        if (Next is '?' or '*' or '+' or '{') throw Unsupported($"a repeated group {Next}");
        return optional ? next => new ChoiceNode([inner(next), next]) : inner;
    }

    private (int Min, int Max) Quantifier()
    {
        if (TryTake("?")) return (0, 1);
        if (TryTake("*")) return (0, int.MaxValue);
        if (TryTake("+")) return (1, int.MaxValue);
        if (!TryTake("{")) return (1, 1);
        var end = _pattern.IndexOf('}', _at);
        var bounds = end < 0 ? [] : _pattern[_at..end].Split(',');
        if (bounds.Length is not (1 or 2) || !TryBound(bounds[0], 0, out var min) || !TryBound(bounds[^1], int.MaxValue, out var max) || max < min || max == 0)
        {
            throw Unsupported("{");
        }

        _at = end + 1;
        return (min, max);

        static bool TryBound(string text, int absent, out int bound)
        {
            bound = absent;
            return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bound);
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
}
