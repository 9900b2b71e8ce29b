namespace ModelServer.Constraints.Automata;

/// <summary>A rule in its own grammar, or a grammar's root.</summary>
internal sealed class Rule(string name, Expression body, RuleScope scope)
{
    public string Name => name;

    public Expression Body => body;

    public RuleScope Scope => scope;

    /// <summary>Rules that it refers to, each as often as it does.</summary>
    public List<Rule> References { get; } = [];

    /// <summary>How often others refer to it.</summary>
    public int Uses { get; set; }

    /// <summary>It can come to itself.</summary>
    public bool IsRecursive { get; set; }

    /// <summary>It can be nothing at all.</summary>
    public bool IsNullable { get; set; }

    /// <summary>States it takes where it is written out; saturates.</summary>
    public long Size { get; set; }

    /// <summary>Rules within rules that are written out in it.</summary>
    public int Depth { get; set; }

    /// <summary>Whether it is written out where it is referred to. Large rules that are used more than once stay procedures: what is computed for the
    /// inside of one serves all its uses.</summary>
    public bool IsInlined { get; set; }
}

/// <summary>The rules of one grammar by name.</summary>
internal sealed class RuleScope
{
    private readonly Dictionary<string, Rule> _rules = [];
    private readonly Grammar _grammar;

    public RuleScope(Grammar grammar)
    {
        _grammar = grammar;
        Root = new("root", grammar.Root, this);
    }

    public Rule Root { get; }

    /// <summary>States of repeats, once known.</summary>
    public Dictionary<Expression, long> Sizes { get; } = new(ReferenceEqualityComparer.Instance);

    /// <returns>Null where the grammar has no such rule.</returns>
    public Rule? Find(string name)
    {
        if (_rules.TryGetValue(name, out var known)) return known;
        return _grammar.Rules.TryGetValue(name, out var body) ? _rules[name] = new(name, body, this) : null;
    }
}

/// <summary>All rules that a grammar's root comes to, those of grammars within it too, and what is known of each.</summary>
internal sealed class RuleGraph
{
    /// <summary>States of a rule that is written out although it is used more than once.</summary>
    private const int SmallRule = 32;

    /// <summary>States of a rule that is written out where it is used once.</summary>
    private const int SingleRule = 20_000;

    private const int MostDepth = 16;

    private readonly CompilationBudget _budget;
    private readonly Dictionary<Grammar, RuleScope> _scopes = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Rule> _known = [];
    private readonly List<Rule> _order = [];

    public RuleGraph(Grammar grammar, CompilationBudget budget)
    {
        _budget = budget;
        Root = ScopeOf(grammar).Root;
        Explore();
        RuleOrder.Sort(Root, _order);
        while (_order.Aggregate(false, (changed, rule) => Refresh(rule) || changed))
        {
        }

        foreach (var rule in _order)
        {
            rule.Size = SizeOf(rule.Body, rule.Scope);
            rule.Depth = rule.References.Where(r => r.IsInlined).Select(r => r.Depth + 1).DefaultIfEmpty().Max();
            rule.IsInlined = rule != Root && !rule.IsRecursive && rule.Depth <= MostDepth && (rule.Size <= SmallRule || (rule.Uses == 1 && rule.Size <= SingleRule));
        }
    }

    public Rule Root { get; }

    /// <summary>The rule that a reference means.</summary>
    /// <exception cref="InvalidFieldException">There is none.</exception>
    public Rule Resolve(Expression reference, RuleScope scope) => reference switch
    {
        RuleExpression rule => scope.Find(rule.Name) ?? throw _budget.Refuse($"refers to the rule \"{rule.Name}\", which it does not have"),
        GrammarExpression other => ScopeOf(other.Grammar).Root,
        _ => throw new ArgumentException("Not a reference.", nameof(reference)),
    };

    public bool IsNullable(Expression expression, RuleScope scope) => expression switch
    {
        TextExpression text => text.Value.Length == 0,
        SequenceExpression sequence => sequence.Parts.All(p => IsNullable(p, scope)),
        ChoiceExpression choice => choice.Options.Any(o => IsNullable(o, scope)),
        RepeatExpression repeat => repeat.Min == 0 || IsNullable(repeat.Part, scope),
        RuleExpression or GrammarExpression => Resolve(expression, scope).IsNullable,
        _ => false,
    };

    /// <summary>About how many states an expression takes.</summary>
    public long SizeOf(Expression expression, RuleScope scope)
    {
        _budget.Spend(1);
        return expression switch
        {
            TextExpression text => text.Value.Length + 1,
            CharacterExpression set => 4 + (4 * set.Ranges.Count),
            SequenceExpression sequence => 1 + sequence.Parts.Sum(p => SizeOf(p, scope)),
            ChoiceExpression choice => 2 + choice.Options.Sum(o => SizeOf(o, scope)),
            RepeatExpression repeat => IsCounted(repeat, scope) ? 2 : 2 + WrittenOut(repeat, scope),
            RuleExpression or GrammarExpression => Resolve(expression, scope) is { IsInlined: true } rule ? rule.Size : 2,
            _ => 2,
        };
    }

    /// <summary>Whether a repeat is too long to be written out: it becomes a chain of calls instead.</summary>
    public bool IsCounted(RepeatExpression repeat, RuleScope scope) => Copies(repeat) > 4 && WrittenOut(repeat, scope) > 64;

    private static long Copies(RepeatExpression repeat) => Math.Max(1, repeat.Max ?? (repeat.Min + 1L));

    /// <summary>Kept, since repeats of repeats would else be measured anew at each depth.</summary>
    private long WrittenOut(RepeatExpression repeat, RuleScope scope)
    {
        if (!scope.Sizes.TryGetValue(repeat.Part, out var size)) scope.Sizes.Add(repeat.Part, size = SizeOf(repeat.Part, scope));
        return Math.Min(size, int.MaxValue) * Copies(repeat);
    }

    private RuleScope ScopeOf(Grammar grammar)
    {
        if (!_scopes.TryGetValue(grammar, out var scope)) _scopes.Add(grammar, scope = new(grammar));
        return scope;
    }

    private void Explore()
    {
        var open = new Stack<Rule>([Root]);
        _known.Add(Root);
        while (open.TryPop(out var rule))
        {
            Collect(rule.Body, rule, 0);
            foreach (var next in rule.References)
            {
                next.Uses++;
                if (_known.Add(next)) open.Push(next);
            }
        }
    }

    private void Collect(Expression expression, Rule rule, int depth)
    {
        _budget.Spend(1);
        if (depth > CompilationBudget.MostNesting) throw _budget.Refuse($"nests deeper than {CompilationBudget.MostNesting} expressions");
        switch (expression)
        {
            case SequenceExpression sequence:
                foreach (var part in sequence.Parts) Collect(part, rule, depth + 1);
                break;
            case ChoiceExpression choice:
                foreach (var option in choice.Options) Collect(option, rule, depth + 1);
                break;
            case RepeatExpression repeat:
                if (repeat.Min < 0 || repeat.Max < repeat.Min) throw _budget.Refuse($"repeats something {repeat.Min} to {repeat.Max} times");
                Collect(repeat.Part, rule, depth + 1);
                break;
            case RuleExpression or GrammarExpression:
                rule.References.Add(Resolve(expression, rule.Scope));
                break;
        }
    }

    private bool Refresh(Rule rule)
    {
        _budget.Spend(8);
        if (rule.IsNullable || !IsNullable(rule.Body, rule.Scope)) return false;
        return rule.IsNullable = true;
    }
}
