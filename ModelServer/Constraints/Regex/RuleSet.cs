namespace ModelServer.Constraints.Regex;

/// <summary>The rules of a grammar that is being made.</summary>
internal sealed class RuleSet(WorkBudget budget)
{
    private readonly Dictionary<string, Expression> _rules = [];
    private int _next;

    public WorkBudget Budget => budget;

    public IReadOnlyDictionary<string, Expression> Rules => _rules;

    /// <summary>A name that no other rule has.</summary>
    /// <param name="kind">What it begins with.</param>
    public string NewName(string kind) => $"{kind}-{++_next}";

    public void Define(string name, Expression expression)
    {
        budget.Spend();
        _rules[name] = expression;
    }

    public bool Has(string name) => _rules.ContainsKey(name);
}
