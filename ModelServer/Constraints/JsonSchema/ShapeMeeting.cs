using System.Text.Json;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>What two shapes have in common.</summary>
/// <param name="shapesOf">The shapes of a node.</param>
internal sealed class ShapeMeeting(SchemaDocument document, Func<SchemaNode, IReadOnlyList<Shape>> shapesOf)
{
    /// <returns>Null where that is nothing. What cannot be seen at once to be nothing is not.</returns>
    public Shape? Meet(Shape a, Shape b) => (a, b) switch
    {
        _ when ReferenceEquals(a, b) => a,
        (LiteralShape literal, var other) => Contains(other, literal.Value) ? literal : null,
        (var other, LiteralShape literal) => Contains(other, literal.Value) ? literal : null,
        (NumberShape x, NumberShape y) => x.Range.Meet(y.Range) is { IsEmpty: false } both ? new NumberShape(both) : null,
        (StringShape x, StringShape y) => Meet(x, y),
        (ArrayShape x, ArrayShape y) => Meet(x, y),
        (ObjectShape x, ObjectShape y) => Meet(x, y),
        _ => null,
    };

    public bool Contains(Shape shape, JsonElement value) => shape switch
    {
        LiteralShape literal => JsonElement.DeepEquals(literal.Value, value),
        NumberShape { Range: var range } => value.ValueKind == JsonValueKind.Number && range.Contains(ExactNumber.Of(value)),
        StringShape strings => value.ValueKind == JsonValueKind.String && Contains(strings, value.GetString()!),
        ArrayShape array => value.ValueKind == JsonValueKind.Array && array.Min <= value.GetArrayLength() && !(array.Max < value.GetArrayLength())
            && value.EnumerateArray().Select((item, i) => (item, i)).All(p => Contains(array.At(p.i), p.item)),
        ObjectShape members => value.ValueKind == JsonValueKind.Object && members.Min <= value.GetPropertyCount() && !(members.Max < value.GetPropertyCount())
            && members.Properties.All(p => !p.IsRequired || value.TryGetProperty(p.Name, out _))
            && value.EnumerateObject().All(m => members.Of(m.Name) is { } node && Contains(node, m.Value)),
        _ => false,
    };

    private bool Contains(SchemaNode node, JsonElement value) => node.Schemas.Count == 0 || shapesOf(node).Any(s => Contains(s, value));

    private bool Contains(StringShape strings, string text)
    {
        var length = text.EnumerateRunes().Count();
        return strings.Min <= length && !(strings.Max < length) && (strings.Patterns.Count == 0 || strings.Automaton(document.Budget).Accepts(text));
    }

    private StringShape? Meet(StringShape a, StringShape b)
    {
        if (Bounds(a.Min, a.Max, b.Min, b.Max) is not var (min, max)) return null;
        var both = new StringShape([.. a.Patterns.Union(b.Patterns)], min, max);
        return both.Patterns.Count > 0 && both.Automaton(document.Budget).IsEmpty ? null : both;
    }

    private ArrayShape? Meet(ArrayShape a, ArrayShape b)
        => Bounds(a.Min, a.Max, b.Min, b.Max) is not var (min, max) ? null
        : new([.. Enumerable.Range(0, Math.Max(a.Prefix.Count, b.Prefix.Count)).Select(i => document.Meet(a.At(i), b.At(i)))], document.Meet(a.Items, b.Items), min, max);

    private ObjectShape? Meet(ObjectShape a, ObjectShape b)
    {
        if (Bounds(a.Min, a.Max, b.Min, b.Max) is not var (min, max)) return null;
        var properties = new List<PropertyShape>();
        foreach (var name in a.Properties.Concat(b.Properties).Select(p => p.Name).Distinct())
        {
            document.Budget.Spend(a.Properties.Count + b.Properties.Count);
            var isRequired = a.Properties.Concat(b.Properties).Any(p => p.Name == name && p.IsRequired);
            if (a.Of(name) is { } x && b.Of(name) is { } y) properties.Add(new(name, document.Meet(x, y), isRequired));
            else if (isRequired) return null;
        }

        return new(properties, Meet(a.Others, b.Others), min, max);
    }

    private IReadOnlyList<NameClass>? Meet(IReadOnlyList<NameClass>? a, IReadOnlyList<NameClass>? b)
    {
        if (a is null || b is null) return a ?? b;
        return [.. from x in a from y in b let names = x.Names.Meet(y.Names, document.Budget) where !names.IsEmpty select new NameClass(names, document.Meet(x.Value, y.Value))];
    }

    private static (int Min, int? Max)? Bounds(int min, int? max, int otherMin, int? otherMax)
    {
        var (least, most) = (Math.Max(min, otherMin), max is { } x && otherMax is { } y ? Math.Min(x, y) : max ?? otherMax);
        return most < least ? null : (least, most);
    }
}
