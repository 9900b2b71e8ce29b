using ModelServer.Constraints;

namespace ModelServer.Tests.Constraints;

/// <summary>Says whether a text is one of a grammar, slowly and by the definition of each expression: all places where it may end, remembered by place.</summary>
internal sealed class GrammarRecogniser
{
    private readonly Grammar _grammar;
    private readonly int[] _text;
    private readonly Dictionary<(Expression, int), SortedSet<int>> _known = new(new ByReference());

    private GrammarRecogniser(Grammar grammar, string text) => (_grammar, _text) = (grammar, [.. text.EnumerateRunes().Select(r => r.Value)]);

    public static bool Accepts(Grammar grammar, string text) => new GrammarRecogniser(grammar, text) is var recogniser && recogniser.Ends(grammar.Root, 0).Contains(recogniser._text.Length);

    private SortedSet<int> Ends(Expression expression, int from)
    {
        if (_known.TryGetValue((expression, from), out var known)) return known;
        return _known[(expression, from)] = expression switch
        {
            TextExpression { Value: var value } => Text([.. value.EnumerateRunes().Select(r => r.Value)], from),
            CharacterExpression { Ranges: var ranges } => from < _text.Length && ranges.Any(r => r.First <= _text[from] && _text[from] <= r.Last) ? [from + 1] : [],
            SequenceExpression { Parts: var parts } => parts.Aggregate(new SortedSet<int> { from }, (ends, part) => [.. ends.SelectMany(e => Ends(part, e))]),
            ChoiceExpression { Options: var options } => [.. options.SelectMany(o => Ends(o, from))],
            RepeatExpression repeat => Repeat(repeat, from),
            RuleExpression { Name: var name } => Ends(_grammar.Rules[name], from),
            _ => throw new NotSupportedException(expression.GetType().Name),
        };
    }

    private SortedSet<int> Text(int[] value, int from) => _text.AsSpan(from).StartsWith(value) ? [from + value.Length] : [];

    private SortedSet<int> Repeat(RepeatExpression repeat, int from)
    {
        SortedSet<int> all = repeat.Min == 0 ? [from] : [], last = [from];
        for (var count = 1; (repeat.Max is null || count <= repeat.Max) && last.Count > 0; count++)
        {
            last = [.. last.SelectMany(e => Ends(repeat.Part, e))];
            if (count < repeat.Min) continue;
            var before = all.Count;
            all.UnionWith(last);
            // Another round that ends nowhere new ends nowhere new ever after, unless bounds count it.
            if (all.Count == before) break;
        }

        return all;
    }

    private sealed class ByReference : IEqualityComparer<(Expression, int)>
    {
        public bool Equals((Expression, int) x, (Expression, int) y) => ReferenceEquals(x.Item1, y.Item1) && x.Item2 == y.Item2;

        public int GetHashCode((Expression, int) pair) => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Item1), pair.Item2);
    }
}
