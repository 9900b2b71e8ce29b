namespace ModelServer.Constraints.Regex;

/// <summary>Makes an automaton of an expression without rules: first one with choices, then, by sets of its states, one without.</summary>
internal sealed class AutomatonBuilder
{
    private readonly List<List<int>> _empty = [];
    private readonly List<List<(CharacterSet Set, int To)>> _edges = [];
    private readonly WorkBudget _budget;

    private AutomatonBuilder(WorkBudget budget) => _budget = budget;

    /// <exception cref="NotSupportedException">It is too large.</exception>
    public static CharacterAutomaton Of(Expression expression, WorkBudget budget)
    {
        var builder = new AutomatonBuilder(budget);
        var start = builder.Add();
        var end = builder.Build(expression, start);
        return CharacterAutomaton.Explore(new StateSet(builder.Closure([start])), set => (set.Contains(end), builder.Edges(set)), budget);
    }

    private int Add()
    {
        _budget.Spend();
        _empty.Add([]);
        _edges.Add([]);
        return _empty.Count - 1;
    }

    /// <returns>The state behind the expression.</returns>
    private int Build(Expression expression, int from)
    {
        switch (expression)
        {
            case TextExpression { Value: var text }:
                return text.EnumerateRunes().Aggregate(from, (at, rune) => Edge(at, CharacterSet.Of(rune.Value)));
            case CharacterExpression { Ranges: var ranges }:
                return Edge(from, CharacterSet.Of(ranges));
            case SequenceExpression { Parts: var parts }:
                return parts.Aggregate(from, (at, part) => Build(part, at));
            case ChoiceExpression { Options: var options }:
                var join = Add();
                foreach (var option in options)
                {
                    var begin = Add();
                    _empty[from].Add(begin);
                    _empty[Build(option, begin)].Add(join);
                }

                return join;
            case RepeatExpression repeat:
                return Repeat(repeat, from);
            default:
                throw new NotSupportedException(expression.GetType().Name);
        }
    }

    private int Repeat(RepeatExpression repeat, int from)
    {
        var at = from;
        for (var i = 0; i < repeat.Min; i++) at = Build(repeat.Part, at);
        if (repeat.Max is not { } max)
        {
            var loop = Add();
            _empty[at].Add(loop);
            _empty[Build(repeat.Part, loop)].Add(loop);
            // What follows may go on from a state of its own: a loop of this one must not be entered from there.
            var behind = Add();
            _empty[loop].Add(behind);
            return behind;
        }

        var end = Add();
        _empty[at].Add(end);
        for (var i = repeat.Min; i < max; i++)
        {
            at = Build(repeat.Part, at);
            _empty[at].Add(end);
        }

        return end;
    }

    private int Edge(int from, CharacterSet set)
    {
        var to = Add();
        _edges[from].Add((set, to));
        return to;
    }

    private int[] Closure(IEnumerable<int> states)
    {
        var (all, stack) = (new HashSet<int>(), new Stack<int>(states));
        while (stack.TryPop(out var state))
        {
            _budget.Spend();
            if (!all.Add(state)) continue;
            _budget.Spend(_empty[state].Count);
            _empty[state].ForEach(stack.Push);
        }

        return [.. all.Order()];
    }

    /// <summary>Splits the characters by which states they lead to.</summary>
    private IEnumerable<(CharacterSet Set, StateSet To)> Edges(StateSet set)
    {
        var edges = set.States.SelectMany(s => _edges[s]).ToArray();
        var bounds = new SortedSet<int>(edges.SelectMany(e => e.Set.Ranges.SelectMany(r => (int[])[r.First, r.Last + 1])));
        var targets = new Dictionary<StateSet, List<(int, int)>>();
        int? from = null;
        foreach (var bound in bounds)
        {
            if (from is { } first)
            {
                _budget.Spend(edges.Length);
                int[] reached = [.. edges.Where(e => e.Set.Contains(first)).Select(e => e.To).Distinct().Order()];
                if (reached.Length > 0)
                {
                    var key = new StateSet(reached);
                    if (!targets.TryGetValue(key, out var ranges)) targets[key] = ranges = [];
                    ranges.Add((first, bound - 1));
                }
            }

            from = bound;
        }

        return targets.Select(t => (CharacterSet.Of(t.Value), new StateSet(Closure(t.Key.States))));
    }

    private sealed class StateSet(int[] states) : IEquatable<StateSet>
    {
        public int[] States => states;

        public bool Contains(int state) => Array.BinarySearch(states, state) >= 0;

        public bool Equals(StateSet? other) => other is not null && states.AsSpan().SequenceEqual(other.States);

        public override bool Equals(object? obj) => Equals(obj as StateSet);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var state in states) hash.Add(state);
            return hash.ToHashCode();
        }
    }
}
