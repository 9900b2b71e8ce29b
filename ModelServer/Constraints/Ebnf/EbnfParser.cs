using System.Text;

namespace ModelServer.Constraints.Ebnf;

/// <summary>Reads a grammar in GBNF: rules <c>name ::= …</c>, strings, classes, groups, alternatives, repeats, comments. A rule goes on over line breaks
/// until the next one begins.</summary>
internal sealed class EbnfParser(string text, string field)
{
    private const string RootName = "root";
    private const int MostText = 1 << 20;
    private const int MostNesting = 200;

    private readonly EbnfReader _reader = new(text, field);
    private readonly Dictionary<string, Expression> _rules = [];
    private readonly List<(string Name, InvalidFieldException Unknown)> _uses = [];
    private int _nesting;

    /// <exception cref="InvalidFieldException">The text is no grammar; the message says where.</exception>
    public Grammar Parse()
    {
        if (text.Length > MostText) throw new InvalidFieldException(field, $"{field} has more than {MostText:N0} characters.");
        for (_reader.SkipSpace(); !_reader.IsAtEnd; _reader.SkipSpace()) ReadRule();
        if (!_rules.ContainsKey(RootName)) throw _reader.Wrong($"there is no rule \"{RootName}\"");
        foreach (var (name, unknown) in _uses)
            if (!_rules.ContainsKey(name)) throw unknown;
        return new(Expression.Rule(RootName), _rules);
    }

    private void ReadRule()
    {
        var name = _reader.TryTakeName() ?? throw _reader.Wrong("a rule must begin with its name");
        if (_rules.ContainsKey(name)) throw _reader.Wrong($"there are two rules \"{name}\"", back: name.Length);
        _reader.SkipSpace();
        _reader.Take("::=", $"behind \"{name}\"");
        _rules.Add(name, Expression.Nothing);
        _rules[name] = ReadAlternatives();
        _reader.SkipSpace();
        if (!_reader.IsAtEnd && !_reader.SeesRule()) throw _reader.Wrong($"'{_reader.Next}' does not belong here");
    }

    private Expression ReadAlternatives()
    {
        if (++_nesting > MostNesting) throw _reader.Wrong($"groups nest deeper than {MostNesting}");
        List<Expression> options = [ReadSequence()];
        while (_reader.TryTake("|")) options.Add(ReadSequence());
        _nesting--;
        return Expression.Choice(options);
    }

    /// <summary>Items up to the end of a group, of an alternative, or of the rule.</summary>
    private Expression ReadSequence()
    {
        var parts = new List<Expression>();
        while (true)
        {
            _reader.SkipSpace();
            if (_reader.IsAtEnd || _reader.Next is '|' or ')' || _reader.SeesRule()) return Expression.Sequence(parts);
            parts.Add(ReadRepeats(ReadItem()));
        }
    }

    private Expression ReadItem()
    {
        if (_reader.TryTake("\"")) return ReadText();
        if (_reader.TryTake("[")) return ReadClass();
        if (_reader.TryTake(".")) return new CharacterExpression([(0, 0x10FFFF)]);
        if (_reader.Next == '<') return ReadToken();
        if (_reader.TryTake("("))
        {
            var group = ReadAlternatives();
            _reader.Take(")", "at the end of a group");
            return group;
        }

        if (_reader.TryTakeName() is not { } name) throw _reader.Wrong($"'{_reader.Next}' does not belong here");
        _uses.Add((name, _reader.Wrong($"there is no rule \"{name}\"", back: name.Length)));
        return Expression.Rule(name);
    }

    private TextExpression ReadText()
    {
        var characters = new StringBuilder();
        while (!_reader.TryTake("\"")) characters.Append(new Rune(_reader.TakeCharacter("a string")));
        return new(characters.ToString());
    }

    private CharacterExpression ReadClass()
    {
        var isNegated = _reader.TryTake("^");
        var ranges = new List<(int First, int Last)>();
        while (!_reader.TryTake("]"))
        {
            var first = _reader.TakeCharacter("a class");
            var last = first;
            if (_reader.Next == '-' && !_reader.Sees("-]"))
            {
                _reader.Take("-", "in a range");
                last = _reader.TakeCharacter("a class");
            }

            if (last < first) throw _reader.Wrong("a range ends before it begins", back: 1);
            ranges.Add((first, last));
        }

        return new(CharacterRanges.Normalize(ranges, isNegated));
    }

    /// <summary>A special token by its content, which has no spaces: <c>&lt;|im_end|&gt;</c>.</summary>
    private SpecialTokenExpression ReadToken()
    {
        var content = "";
        while (!content.EndsWith('>'))
        {
            var next = _reader.TakeCharacter("a token");
            if (next is ' ' or '\t') throw _reader.Wrong("a token does not end", back: 1);
            content += new Rune(next);
        }

        return content.StartsWith("<[", StringComparison.Ordinal) ? throw _reader.Wrong("tokens are named by their content, not by their number") : new(content);
    }

    private Expression ReadRepeats(Expression item)
    {
        while (true)
        {
            _reader.SkipSpace();
            if (_reader.TryTake("*")) item = Expression.Repeat(item, 0);
            else if (_reader.TryTake("+")) item = Expression.Repeat(item, 1);
            else if (_reader.TryTake("?")) item = Expression.Optional(item);
            else if (_reader.TryTake("{")) item = ReadBounds(item);
            else return item;
        }
    }

    private Expression ReadBounds(Expression item)
    {
        _reader.SkipSpace();
        var min = _reader.Next == ',' ? 0 : _reader.TakeNumber();
        int? max = min;
        _reader.SkipSpace();
        if (_reader.TryTake(","))
        {
            _reader.SkipSpace();
            max = _reader.Next == '}' ? null : _reader.TakeNumber();
            _reader.SkipSpace();
        }

        if (max < min) throw _reader.Wrong("the upper bound of a repeat is below the lower one");
        _reader.Take("}", "at the end of a repeat's bounds");
        return Expression.Repeat(item, min, max);
    }
}
