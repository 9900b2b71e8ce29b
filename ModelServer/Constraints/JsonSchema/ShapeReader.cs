using System.Text.Json;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Reads schemas as lists of shapes: a choice adds to the list, a conjunction meets each with each.</summary>
internal sealed class ShapeReader
{
    private const int MaxShapes = 10_000, MaxDepth = 200;

    private static readonly Shape[] Anything =
        [LiteralShape.Null, LiteralShape.True, LiteralShape.False, new NumberShape(NumberRange.All), StringShape.Any, ArrayShape.Any, ObjectShape.Any];

    private readonly SchemaDocument _document;
    private readonly bool _strict;
    private readonly ShapeMeeting _meeting;
    private readonly Dictionary<int, IReadOnlyList<Shape>?> _bySchema = [];
    private readonly HashSet<int> _reading = [];
    private readonly List<(string Path, SchemaNode[] Options)> _disjoint = [];

    public ShapeReader(SchemaDocument document, bool strict) => (_document, _strict, _meeting) = (document, strict, new(document, Shapes));

    /// <summary>Options of which exactly one may hold, which is yet to be proven.</summary>
    public IReadOnlyList<(string Path, SchemaNode[] Options)> Disjoint => _disjoint;

    /// <exception cref="InvalidFieldException">It has a keyword that cannot be enforced, or contradicts itself.</exception>
    public IReadOnlyList<Shape> Shapes(SchemaNode node)
        => node.Schemas.Aggregate((IReadOnlyList<Shape>?)null, (all, number) => Meet(all, OfSchema(number), _document.Path(number))) ?? Anything;

    /// <returns>Null for any value.</returns>
    private IReadOnlyList<Shape>? OfSchema(int number)
    {
        if (_bySchema.TryGetValue(number, out var known)) return known;
        var path = _document.Path(number);
        if (!_reading.Add(number)) throw _document.Invalid(path, "refers to itself without a value between");
        if (_reading.Count > MaxDepth) throw _document.Invalid(path, "refers to others too many times");
        var shapes = _document.Schema(number) switch
        {
            { ValueKind: JsonValueKind.True } => null,
            { ValueKind: JsonValueKind.False } => [],
            var schema => Read(schema, path),
        };
        _reading.Remove(number);
        return _bySchema[number] = shapes;
    }

    private IReadOnlyList<Shape>? Read(JsonElement schema, string path)
    {
        foreach (var member in schema.EnumerateObject())
            if (SchemaKeywords.Refusal(member.Name) is { } refusal) throw _document.Unsupported(SchemaDocument.Child(path, member.Name), refusal);

        IReadOnlyList<Shape>? shapes = new SchemaKeywordReader(_document, schema, path, _strict).Shapes();
        if (schema.TryGetProperty("const", out var value)) shapes = Literals([value], shapes, $"{path}/const");
        if (schema.TryGetProperty("enum", out var values))
        {
            if (values.ValueKind != JsonValueKind.Array) throw _document.Invalid($"{path}/enum", "must be a list of values");
            shapes = Literals([.. values.EnumerateArray()], shapes, $"{path}/enum");
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            var (target, at) = _document.Resolve(reference, path);
            shapes = Meet(shapes, Shapes(_document.Node(target, at)), $"{path}/$ref");
        }

        foreach (var (_, numbers) in Options(schema, path, "allOf"))
            shapes = numbers.Aggregate(shapes, (all, number) => Meet(all, OfSchema(number), $"{path}/allOf"));
        foreach (var (at, numbers) in Options(schema, path, "oneOf").Concat(Options(schema, path, "anyOf")))
        {
            shapes = Meet(shapes, Either(numbers), at);
            if (at.EndsWith("/oneOf", StringComparison.Ordinal)) _disjoint.Add((at, [.. numbers.Select(n => _document.Node(_document.Schema(n), _document.Path(n)))]));
        }

        return shapes;
    }

    private Shape[] Either(int[] numbers)
    {
        var all = new HashSet<Shape>(ReferenceEqualityComparer.Instance);
        foreach (var shapes in numbers.Select(n => OfSchema(n) ?? Anything))
        {
            _document.Budget.Spend(shapes.Count);
            all.UnionWith(shapes);
        }

        return [.. all];
    }

    private Shape[] Literals(JsonElement[] values, IReadOnlyList<Shape>? among, string path)
    {
        _document.Budget.Spend((long)values.Length * (among?.Count ?? 1));
        var literals = values.Select(v => new LiteralShape(v)).Where(l => among is null || among.Any(s => _meeting.Contains(s, l.Value)));
        return literals.ToArray<Shape>() is { Length: > 0 } some ? some : throw _document.Invalid(path, "has no value that the rest of the schema allows");
    }

    private IEnumerable<(string Path, int[] Numbers)> Options(JsonElement schema, string path, string keyword)
    {
        if (!schema.TryGetProperty(keyword, out var options)) yield break;
        if (options.ValueKind != JsonValueKind.Array || options.GetArrayLength() == 0) throw _document.Invalid($"{path}/{keyword}", "must be a list of schemas");
        yield return ($"{path}/{keyword}", [.. options.EnumerateArray().Select((o, i) => _document.Number(o, $"{path}/{keyword}/{i}"))]);
    }

    private IReadOnlyList<Shape>? Meet(IReadOnlyList<Shape>? a, IReadOnlyList<Shape>? b, string path)
    {
        if (a is null || b is null) return a ?? b;
        if ((long)a.Count * b.Count > MaxShapes * 4L) throw _document.Unsupported(path, "has too many combinations");
        _document.Budget.Spend(a.Count * b.Count);
        Shape[] met = [.. from x in a from y in b let both = _meeting.Meet(x, y) where both is not null select both];
        return met.Length <= MaxShapes ? met : throw _document.Unsupported(path, "has too many combinations");
    }
}
