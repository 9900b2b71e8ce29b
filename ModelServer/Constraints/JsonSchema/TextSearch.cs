namespace ModelServer.Constraints.JsonSchema;

/// <summary>Whether a grammar has any text that ends: a schema may ask for itself within itself, for ever.</summary>
internal static class TextSearch
{
    public static bool HasText(Grammar grammar)
    {
        var ending = new HashSet<string>();
        // Whatever a rule refers to is looked at again when that turns out to end.
        var users = new Dictionary<string, List<string>>();
        foreach (var (name, expression) in grammar.Rules)
        {
            foreach (var used in Names(expression).Distinct())
            {
                if (!users.TryGetValue(used, out var of)) users[used] = of = [];
                of.Add(name);
            }
        }

        var queue = new Queue<string>(grammar.Rules.Keys);
        while (queue.TryDequeue(out var name))
        {
            if (ending.Contains(name) || !Ends(grammar.Rules[name], ending)) continue;
            ending.Add(name);
            foreach (var user in users.GetValueOrDefault(name, [])) queue.Enqueue(user);
        }

        return Ends(grammar.Root, ending);
    }

    private static bool Ends(Expression expression, HashSet<string> ending) => expression switch
    {
        SequenceExpression { Parts: var parts } => parts.All(p => Ends(p, ending)),
        ChoiceExpression { Options: var options } => options.Any(o => Ends(o, ending)),
        RepeatExpression repeat => repeat.Min == 0 || Ends(repeat.Part, ending),
        RuleExpression { Name: var name } => ending.Contains(name),
        CharacterExpression { Ranges: var ranges } => ranges.Count > 0,
        _ => true,
    };

    private static IEnumerable<string> Names(Expression expression) => expression switch
    {
        SequenceExpression { Parts: var parts } => parts.SelectMany(Names),
        ChoiceExpression { Options: var options } => options.SelectMany(Names),
        RepeatExpression { Part: var part } => Names(part),
        RuleExpression { Name: var name } => [name],
        _ => [],
    };
}
