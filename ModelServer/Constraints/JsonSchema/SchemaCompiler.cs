using System.Text.Json;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Makes rules of nodes, one of each that is asked for, and of their shapes.</summary>
internal sealed class SchemaCompiler
{
    private readonly ShapeReader _reader;
    private readonly SchemaDocument _document;
    private readonly ObjectGrammar _objects;
    private readonly Dictionary<SchemaNode, string> _names = [];
    private readonly Dictionary<Shape, Expression> _shapes = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<SchemaNode> _queue = [];

    public SchemaCompiler(SchemaDocument document, ShapeReader reader, bool strict)
    {
        (_reader, _document, Rules) = (reader, document, new(document.Budget));
        _objects = new(this, strict);
        JsonText.DefineRules(Rules);
    }

    public RuleSet Rules { get; }

    public Grammar Compile(SchemaNode root)
    {
        var start = Value(root);
        while (_queue.TryDequeue(out var node)) Rules.Define(_names[node], Expression.Choice([.. _reader.Shapes(node).Select(Of)]));
        var grammar = new Grammar(start, Rules.Rules);
        return TextSearch.HasText(grammar) ? grammar : throw _document.Invalid("#", "is matched by no value");
    }

    /// <summary>The values that a node allows.</summary>
    public Expression Value(SchemaNode node)
    {
        if (!_names.TryGetValue(node, out var name))
        {
            _names[node] = name = Rules.NewName(node.Schemas switch { [] => "any", [var only] => _document.Path(only), _ => "all" });
            _queue.Enqueue(node);
        }

        return Expression.Rule(name);
    }

    /// <summary>A value as it stands in an enum, with the white space that others have.</summary>
    public static Expression Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Expression.Text(JsonText.Quoted(value.GetString()!)),
        JsonValueKind.Array => Listed("[", [.. value.EnumerateArray().Select(Literal)], "]"),
        JsonValueKind.Object => Listed("{", [.. value.EnumerateObject().Select(m => Expression.Sequence(Expression.Text(JsonText.Quoted(m.Name)), JsonText.Colon, Literal(m.Value)))], "}"),
        _ => Expression.Text(value.GetRawText()),
    };

    private static Expression Listed(string open, IReadOnlyList<Expression> items, string close) => items.Count == 0
        ? Expression.Sequence(Expression.Text(open), JsonText.Gap, Expression.Text(close))
        : Expression.Sequence([Expression.Text(open), JsonText.Gap, .. items.SelectMany((item, i) => i == 0 ? (Expression[])[item] : [JsonText.Comma, item]), JsonText.Gap, Expression.Text(close)]);

    private Expression Of(Shape shape)
    {
        if (_shapes.TryGetValue(shape, out var known)) return known;
        Rules.Budget.Spend();
        var expression = shape switch
        {
            LiteralShape literal => Literal(literal.Value),
            NumberShape number => NumberText.Of(number.Range, Rules),
            StringShape text => String(text),
            ArrayShape array => Array(array),
            ObjectShape members => _objects.Of(members),
            _ => throw new NotSupportedException(shape.GetType().Name),
        };

        // One of several places is enough for what is long.
        if (shape is ArrayShape or ObjectShape)
        {
            var name = Rules.NewName("shape");
            Rules.Define(name, expression);
            expression = Expression.Rule(name);
        }

        return _shapes[shape] = expression;
    }

    private Expression String(StringShape text)
    {
        if (text.IsAny) return JsonText.AnyString;
        var inner = text.Patterns.Count == 0 ? Expression.Repeat(JsonText.Character, text.Min, text.Max) : Matching(text);
        return Expression.Sequence(JsonText.Quote, inner, JsonText.Quote);
    }

    private Expression Matching(StringShape text)
    {
        // A pattern stands as it is written where nothing else is demanded: as an automaton it may be longer.
        if (text.Patterns is [var only])
        {
            if (text is { Min: 0, Max: null }) return JsonText.Spell(only);
            var (shortest, longest) = AutomatonBuilder.Of(only, Rules.Budget).Lengths();
            if (shortest >= text.Min && (text.Max is null || longest <= text.Max)) return JsonText.Spell(only);
        }

        return AutomatonExpression.Of(text.Automaton(Rules.Budget), JsonText.Spell, Rules);
    }

    private Expression Array(ArrayShape array)
    {
        Rules.Budget.Spend(array.Prefix.Count);
        // From the end on: each item may be left out where there are enough before it.
        var max = array.Max ?? int.MaxValue;
        var count = Math.Min(array.Prefix.Count, max);
        Expression rest = max > count
            ? Expression.Repeat(Expression.Sequence(JsonText.Comma, Value(array.Items)), Math.Max(0, array.Min - count), array.Max - count)
            : Expression.Nothing;
        Expression? items = null;
        if (count == 0)
        {
            if (max > 0) items = Expression.Sequence(Value(array.Items), Expression.Repeat(Expression.Sequence(JsonText.Comma, Value(array.Items)), Math.Max(0, array.Min - 1), array.Max - 1), JsonText.Gap);
        }
        else
        {
            for (var i = count - 1; i > 0; i--)
            {
                rest = Expression.Sequence(JsonText.Comma, Value(array.Prefix[i]), rest);
                if (array.Min > i) continue;
                var name = Rules.NewName("items");
                Rules.Define(name, Expression.Optional(rest));
                rest = Expression.Rule(name);
            }

            items = Expression.Sequence(Value(array.Prefix[0]), rest, JsonText.Gap);
        }

        return Expression.Sequence(Expression.Text("["), JsonText.Gap,
            items is null ? Expression.Nothing : array.Min > 0 ? items : Expression.Optional(items), Expression.Text("]"));
    }
}
