namespace ModelServer.Constraints.Regex;

/// <summary>Makes an expression of an automaton: a state that several lead to becomes a rule, every other one a part of the state before it.</summary>
internal sealed class AutomatonExpression
{
    // Deeper ones become rules, too, so that whoever walks an expression needs no deep stack.
    private const int MaxNesting = 16;

    private readonly CharacterAutomaton _automaton;
    private readonly Func<CharacterSet, Expression> _spell;
    private readonly RuleSet _rules;
    private readonly bool[] _isRule;
    private readonly string?[] _names;
    private readonly Queue<int> _queue = [];

    private AutomatonExpression(CharacterAutomaton automaton, Func<CharacterSet, Expression> spell, RuleSet rules)
    {
        (_automaton, _spell, _rules) = (automaton, spell, rules);
        _names = new string?[automaton.States.Count];
        var sources = new int[automaton.States.Count];
        // Somebody leads to the first state, too.
        sources[0] = 1;
        for (var i = 0; i < sources.Length; i++)
            foreach (var (_, to) in automaton.States[i].Edges)
                if (to != i) sources[to]++;
        _isRule = Array.ConvertAll(sources, s => s > 1);
    }

    /// <param name="spell">How one character of a set is written.</param>
    public static Expression Of(CharacterAutomaton automaton, Func<CharacterSet, Expression> spell, RuleSet rules)
    {
        if (automaton.IsEmpty) return Expression.Choice([]);
        var writer = new AutomatonExpression(automaton, spell, rules);
        var root = writer.Reference(0, 0);
        while (writer._queue.TryDequeue(out var state)) rules.Define(writer._names[state]!, writer.State(state, 0));
        return root;
    }

    private Expression Reference(int state, int depth)
    {
        // A state with an end and nothing else needs no rule.
        if (_automaton.States[state] is { Accepts: true, Edges: [] }) return Expression.Nothing;
        if (!_isRule[state] && depth < MaxNesting) return State(state, depth);
        if (_names[state] is null)
        {
            _names[state] = _rules.NewName("state");
            _queue.Enqueue(state);
        }

        return Expression.Rule(_names[state]!);
    }

    private Expression State(int number, int depth)
    {
        _rules.Budget.Spend();
        var state = _automaton.States[number];
        var options = new List<Expression>();
        Expression? loop = null;
        foreach (var (set, to) in state.Edges)
        {
            if (to == number) loop = Expression.Repeat(_spell(set), 0);
            else options.Add(Joined(_spell(set), Reference(to, depth + 1)));
        }

        var rest = (options.Count, state.Accepts) switch
        {
            (0, _) => Expression.Nothing,
            (_, true) => Expression.Optional(Expression.Choice(options)),
            _ => Expression.Choice(options),
        };
        return loop is null ? rest : Joined(loop, rest);
    }

    private static Expression Joined(Expression first, Expression rest) => rest switch
    {
        SequenceExpression { Parts: [] } => first,
        SequenceExpression { Parts: var parts } => Expression.Sequence([first, .. parts]),
        _ => Expression.Sequence(first, rest),
    };
}
