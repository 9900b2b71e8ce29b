using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Writes objects: properties in the schema's order, those that are not required may be left out, names that the schema does not name come last.</summary>
/// <param name="strict">Whether there are none of these where the schema says nothing of them.</param>
internal sealed class ObjectGrammar(SchemaCompiler compiler, bool strict)
{
    private RuleSet Rules => compiler.Rules;

    public Expression Of(ObjectShape shape)
    {
        var others = Others(shape);
        var (min, max) = (shape.Min, shape.Max);
        var required = shape.Properties.Count(p => p.IsRequired);
        Expression members;
        if (min <= required && (max is null || (others is null && max >= shape.Properties.Count))) members = Uncounted(shape, others);
        else if (shape.Properties.Count == 0 && min <= 1) members = others is null || max == 0 ? Empty(min) : Listed(others, min, max);
        else members = Counted(shape, others);
        return Expression.Sequence(Expression.Text("{"), JsonText.Gap, members, Expression.Text("}"));
    }

    private static Expression Empty(int min) => min == 0 ? Expression.Nothing : Expression.Choice([]);

    /// <summary>Members that others may precede: with a comma each.</summary>
    private static Expression Behind(Expression member) => Expression.Sequence(JsonText.Comma, member);

    private static Expression Listed(Expression other, int min, int? max)
    {
        var some = Expression.Sequence(other, Expression.Repeat(Behind(other), 0, max - 1), JsonText.Gap);
        return min > 0 ? some : Expression.Optional(some);
    }

    private Expression Uncounted(ObjectShape shape, Expression? others)
    {
        // What may come behind each property: the later ones, each with a comma.
        var properties = shape.Properties.Select(p => (Member: Member(p), p.IsRequired)).ToArray();
        var behind = properties.Select(p => p.IsRequired ? Behind(p.Member) : Expression.Optional(Behind(p.Member))).ToList();
        if (others is not null) behind.Add(Expression.Repeat(Behind(others), 0));

        // Whichever property comes first has no comma: one before which all may be left out.
        var options = new List<Expression>();
        for (var i = 0; i < properties.Length; i++)
        {
            Rules.Budget.Spend(behind.Count - i);
            options.Add(Expression.Sequence([properties[i].Member, .. behind.Skip(i + 1), JsonText.Gap]));
            if (properties[i].IsRequired) return Expression.Choice(options);
        }

        if (others is not null) options.Add(Expression.Sequence(others, Expression.Repeat(Behind(others), 0), JsonText.Gap));
        return options.Count == 0 ? Expression.Nothing : Expression.Optional(Expression.Choice(options));
    }

    /// <summary>A rule for each place among the properties and each count of members before it, as far as they can be reached.</summary>
    private Expression Counted(ObjectShape shape, Expression? others)
    {
        var known = new Dictionary<(int Index, int Count), string>();
        var queue = new Queue<(int Index, int Count)>();
        var start = From(0, 0);
        while (queue.TryDequeue(out var at))
        {
            var (index, count) = at;
            if (index == shape.Properties.Count)
            {
                Rules.Define(known[at], Rest(shape, others, count));
                continue;
            }

            var property = shape.Properties[index];
            List<Expression> options = [];
            if (!(shape.Max <= count)) options.Add(Expression.Sequence(count == 0 ? Member(property) : Behind(Member(property)), From(index + 1, count + 1)));
            if (!property.IsRequired) options.Add(From(index + 1, count));
            Rules.Define(known[at], Expression.Choice(options));
        }

        return start;

        Expression From(int index, int count)
        {
            // Beyond the least counts are not told apart where there is no most, but none is: the first member has no comma.
            if (shape.Max is null) count = Math.Min(count, Math.Max(shape.Min, 1));
            if (!known.TryGetValue((index, count), out var name))
            {
                known[(index, count)] = name = Rules.NewName("members");
                queue.Enqueue((index, count));
            }

            return Expression.Rule(name);
        }
    }

    /// <summary>The members that are not named, and the end.</summary>
    private static Expression Rest(ObjectShape shape, Expression? others, int count)
    {
        var missing = Math.Max(0, shape.Min - count);
        var end = count == 0 ? Expression.Nothing : JsonText.Gap;
        if (others is null || shape.Max <= count) return missing == 0 ? end : Expression.Choice([]);
        // Of names that are not known two may be the same, and count once.
        if (missing > 1) return Expression.Choice([]);
        return count == 0 ? Listed(others, missing, shape.Max) : Expression.Sequence(Expression.Repeat(Behind(others), missing, shape.Max - count), JsonText.Gap);
    }

    private Expression Member(PropertyShape property) => Expression.Sequence(Expression.Text(JsonText.Quoted(property.Name)), JsonText.Colon, compiler.Value(property.Value));

    /// <summary>A member with a name that is not named; null where there can be none.</summary>
    private Expression? Others(ObjectShape shape)
    {
        if (shape.Others is null && strict && !ReferenceEquals(shape, ObjectShape.Any)) return null;
        IReadOnlyList<NameClass> classes = shape.Others ?? [new(CharacterAutomaton.Everything, SchemaNode.Any)];
        var named = shape.Properties.Count == 0 ? null
            : AutomatonBuilder.Of(Expression.Choice([.. shape.Properties.Select(p => Expression.Text(p.Name))]), Rules.Budget).Complement(Rules.Budget);
        var options = new List<Expression>();
        foreach (var (names, value) in classes)
        {
            var free = named is null ? names : names.Meet(named, Rules.Budget);
            if (free.IsEmpty) continue;
            var text = free.IsEverything ? JsonText.AnyString : Expression.Sequence(JsonText.Quote, AutomatonExpression.Of(free, JsonText.Spell, Rules), JsonText.Quote);
            options.Add(Expression.Sequence(text, JsonText.Colon, compiler.Value(value)));
        }

        if (options.Count == 0) return null;
        var name = Rules.NewName("member");
        Rules.Define(name, Expression.Choice(options));
        return Expression.Rule(name);
    }
}
