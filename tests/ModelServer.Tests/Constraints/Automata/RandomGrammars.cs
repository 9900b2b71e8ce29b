using ModelServer.Constraints;

namespace ModelServer.Tests.Constraints.Automata;

/// <summary>Small grammars by seed: recursive, ambiguous, with characters of several bytes, with parts that may be empty or lead nowhere; no rule begins with itself.</summary>
internal sealed class RandomGrammars(int seed)
{
    private static readonly string[] Texts = ["a", "b", "ab", "the ", " ", "{\"", "\"}", "é", "日本", "😀", "1", "12", ",", "once upon", ""];
    private readonly Random _random = new(seed);
    private int _rules;

    public static Grammar Of(int seed) => new RandomGrammars(seed).Make();

    private Grammar Make()
    {
        _rules = _random.Next(0, 5);
        var rules = new Dictionary<string, Expression>();
        for (var rule = 0; rule < _rules; rule++) rules[$"r{rule}"] = Any(3, rule, hasBegun: false, out _);
        var root = Any(4, -1, hasBegun: false, out _);
        if (_random.Next(4) == 0) root = Expression.Sequence(root, new GrammarExpression(new RandomGrammars(seed + 1_000_000) { }.Inner()));
        return new(root, rules);
    }

    private Grammar Inner() => new(Any(3, 0, hasBegun: false, out _), new Dictionary<string, Expression>());

    /// <param name="rule">The rule it is part of: before a byte it refers to later ones only.</param>
    /// <param name="begins">Whether it surely has a byte.</param>
    private Expression Any(int depth, int rule, bool hasBegun, out bool begins)
    {
        begins = false;
        switch (_random.Next(depth == 0 ? 3 : 8))
        {
            case 0 or 1:
                var text = Texts[_random.Next(Texts.Length)];
                begins = text.Length > 0;
                return Expression.Text(text);
            case 2:
                return Set(out begins);
            case 3 or 4:
                var parts = new List<Expression>();
                for (var i = _random.Next(1, 4); i > 0; i--)
                {
                    parts.Add(Any(depth - 1, rule, hasBegun || begins, out var now));
                    begins |= now;
                }

                return new SequenceExpression(parts);
            case 5:
                var all = true;
                var options = new List<Expression>();
                for (var i = _random.Next(1, 4); i > 0; i--)
                {
                    options.Add(Any(depth - 1, rule, hasBegun, out var now));
                    all &= now;
                }

                begins = all;
                return new ChoiceExpression(options);
            case 6:
                var min = _random.Next(0, 3);
                var part = Any(depth - 1, rule, hasBegun, out var does);
                begins = does && min > 0;
                return Expression.Repeat(part, min, _random.Next(3) switch { 0 => null, 1 => min + _random.Next(0, 3), _ => min + 20 });
            default:
                var first = hasBegun ? 0 : rule + 1;
                if (first >= _rules) return Set(out begins);
                return Expression.Rule($"r{_random.Next(first, _rules)}");
        }
    }

    private CharacterExpression Set(out bool begins)
    {
        begins = true;
        return new(_random.Next(5) switch
        {
            0 => [('a', 'f')],
            1 => [(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x10FFFF)],
            2 => [('0', '9'), ('e', 'e'), (0xE0, 0xFF)],
            3 => [(0x3040, 0x30FF), (0x1F600, 0x1F64F)],
            _ => [(0x7F, 0x800), (0xD7FF, 0xE000), (0xFFFF, 0x10000)],
        });
    }
}
