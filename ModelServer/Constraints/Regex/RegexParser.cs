using System.Globalization;

namespace ModelServer.Constraints.Regex;

/// <summary>Reads the regular part of ECMA-262's expressions. Groups capture nothing here, and greedy or lazy is the same: only which texts match counts.</summary>
internal sealed class RegexParser
{
    private const int MaxLength = 20_000, MaxDepth = 100, MaxRepeat = 10_000;
    private readonly string _pattern;
    private int _at, _depth;

    private RegexParser(string pattern) => _pattern = pattern;

    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static RegexNode Parse(string pattern)
    {
        if (pattern.Length > MaxLength) throw new NotSupportedException($"it is longer than {MaxLength} characters");
        var parser = new RegexParser(pattern);
        var node = parser.Alternatives();
        return parser._at == pattern.Length ? node : throw new NotSupportedException($"the ) at {parser._at} closes nothing");
    }

    private RegexNode Alternatives()
    {
        if (++_depth > MaxDepth) throw new NotSupportedException($"groups are nested deeper than {MaxDepth}");
        List<RegexNode> options = [Sequence()];
        while (TryTake("|")) options.Add(Sequence());
        _depth--;
        return options is [var only] ? only : new RegexChoice(options);
    }

    private RegexSequence Sequence()
    {
        var parts = new List<RegexNode>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')')) parts.Add(Repeated());
        return new(parts);
    }

    private RegexNode Repeated()
    {
        var begin = _at;
        var part = Single();
        if (Quantifier() is not { } counts) return part;
        if (part is RegexAnchor) throw new NotSupportedException($"{_pattern[begin]} at {begin} is repeated");
        TryTake("?");
        if (_at < _pattern.Length && (_pattern[_at] is '*' or '+' or '?' || IsQuantifier())) throw new NotSupportedException($"the second quantifier at {_at} is not supported");
        return new RegexRepeat(part, counts.Min, counts.Max);
    }

    private RegexNode Single()
    {
        var begin = _at;
        if (TryTake("^")) return new RegexAnchor(AtStart: true);
        if (TryTake("$")) return new RegexAnchor(AtStart: false);
        if (TryTake("(?=") || TryTake("(?!") || TryTake("(?<=") || TryTake("(?<!"))
            throw new NotSupportedException($"the lookaround {_pattern[begin.._at]} at {begin} is not supported");
        if (TryTake("(?:")) return Group(begin);
        if (TryTake("(?<") || TryTake("(?P<"))
        {
            var end = _pattern.IndexOf('>', _at);
            if (end <= _at) throw new NotSupportedException($"the group at {begin} has no name");
            _at = end + 1;
            return Group(begin);
        }

        if (TryTake("(?")) throw new NotSupportedException($"the group (? at {begin} is not supported");
        if (TryTake("(")) return Group(begin);
        if (_pattern[_at] is '*' or '+' or '?' || IsQuantifier()) throw new NotSupportedException($"the {_pattern[_at]} at {_at} repeats nothing");
        return new RegexCharacter(RegexCharacterReader.Read(_pattern, ref _at));
    }

    private RegexNode Group(int begin)
    {
        var inner = Alternatives();
        return TryTake(")") ? inner : throw new NotSupportedException($"the group at {begin} is not closed");
    }

    private (int Min, int? Max)? Quantifier()
    {
        if (TryTake("?")) return (0, 1);
        if (TryTake("*")) return (0, null);
        if (TryTake("+")) return (1, null);
        if (!IsQuantifier()) return null;
        var end = _pattern.IndexOf('}', _at);
        var bounds = _pattern[(_at + 1)..end].Split(',');
        var min = Count(bounds[0]);
        int? max = bounds is [_, ""] ? null : Count(bounds[^1]);
        if (max < min) throw new NotSupportedException($"{_pattern[_at..(end + 1)]} at {_at} has its bounds in the wrong order");
        _at = end + 1;
        return (min, max);
    }

    private int Count(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxRepeat
        ? count : throw new NotSupportedException($"the quantifier at {_at} is above {MaxRepeat}");

    /// <summary>Whether a brace begins a quantifier: others stand for themselves.</summary>
    private bool IsQuantifier()
    {
        if (_at >= _pattern.Length || _pattern[_at] != '{') return false;
        var end = _pattern.IndexOf('}', _at);
        if (end < 0) return false;
        var bounds = _pattern[(_at + 1)..end].Split(',');
        return bounds.Length <= 2 && bounds[0].Length > 0 && bounds.All(b => b.All(char.IsAsciiDigit));
    }

    private bool TryTake(string text)
    {
        if (string.CompareOrdinal(_pattern, _at, text, 0, text.Length) != 0) return false;
        _at += text.Length;
        return true;
    }
}
