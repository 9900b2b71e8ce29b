using System.Text.Json;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>A set of JSON values of one kind. What a schema allows is a list of them.</summary>
internal abstract record Shape;

/// <summary>One value: of an enum, a const, true, false or null.</summary>
internal sealed record LiteralShape(JsonElement Value) : Shape
{
    public static LiteralShape Null { get; } = Of("null");

    public static LiteralShape True { get; } = Of("true");

    public static LiteralShape False { get; } = Of("false");

    private static LiteralShape Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new(document.RootElement.Clone());
    }
}

internal sealed record NumberShape(NumberRange Range) : Shape;

/// <param name="Patterns">Expressions of whole texts, all of which a string matches.</param>
/// <param name="Min">In code points, as <paramref name="Max"/>.</param>
internal sealed record StringShape(IReadOnlyList<Expression> Patterns, int Min, int? Max) : Shape
{
    public static StringShape Any { get; } = new([], 0, null);

    /// <summary>Null until it is asked for.</summary>
    private CharacterAutomaton? _automaton;

    public bool IsAny => Patterns.Count == 0 && Min == 0 && Max is null;

    /// <exception cref="NotSupportedException">It is too large.</exception>
    public CharacterAutomaton Automaton(WorkBudget budget) => _automaton ??= Patterns
        .Aggregate(CharacterAutomaton.Everything, (all, pattern) => all.Meet(AutomatonBuilder.Of(pattern, budget), budget))
        .OfLength(Min, Max, budget);
}

/// <param name="Prefix">The first items.</param>
/// <param name="Items">The items behind them.</param>
internal sealed record ArrayShape(IReadOnlyList<SchemaNode> Prefix, SchemaNode Items, int Min, int? Max) : Shape
{
    public static ArrayShape Any { get; } = new([], SchemaNode.Any, 0, null);

    public SchemaNode At(int index) => index < Prefix.Count ? Prefix[index] : Items;
}

/// <param name="Properties">Those that are named, in the order they are written in.</param>
/// <param name="Others">What other names may be and have: their sets do not overlap. Null where the schema says nothing of them.</param>
internal sealed record ObjectShape(IReadOnlyList<PropertyShape> Properties, IReadOnlyList<NameClass>? Others, int Min, int? Max) : Shape
{
    public static ObjectShape Any { get; } = new([], null, 0, null);

    /// <summary>What a property of this name may be; null where there can be none.</summary>
    public SchemaNode? Of(string name)
        => Properties.FirstOrDefault(p => p.Name == name) is { } property ? property.Value
        : Others is null ? SchemaNode.Any
        : Others.FirstOrDefault(o => o.Names.Accepts(name))?.Value;
}

internal sealed record PropertyShape(string Name, SchemaNode Value, bool IsRequired);

internal sealed record NameClass(CharacterAutomaton Names, SchemaNode Value);
