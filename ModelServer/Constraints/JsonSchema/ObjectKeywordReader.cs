using System.Text.Json;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Reads the keywords of one schema that speak of objects.</summary>
/// <param name="strict">Whether names that the schema does not name are refused where it says nothing of them.</param>
internal sealed class ObjectKeywordReader(SchemaDocument document, JsonElement schema, string path, bool strict)
{
    public ObjectShape Read()
    {
        var (min, max) = SchemaKeywordReader.Counts(document, schema, path, "minProperties", "maxProperties");
        var others = Others();
        var required = Required();
        var named = Members("properties").Select(m => (m.Name, Value: document.Node(m.Value, SchemaDocument.Child($"{path}/properties", m.Name)))).ToArray();
        var shape = new ObjectShape([], others?.OfPatterns, 0, null);
        var properties = named
            // What a pattern says of a name is said beside what its own schema says.
            .Select(p => new PropertyShape(p.Name, others is null ? p.Value : WithPatterns(shape, p.Name, p.Value), required.Contains(p.Name)))
            .ToList();
        var all = new ObjectShape(properties, others?.All, min, max);
        foreach (var name in required.Where(r => !named.Any(p => p.Name == r)))
            properties.Add(new(name, all.Of(name) ?? throw document.Invalid($"{path}/required", $"asks for \"{name}\", which is not allowed"), true));
        return max < required.Count ? throw document.Invalid($"{path}/maxProperties", "is below the count of required properties") : all;
    }

    private SchemaNode WithPatterns(ObjectShape patterns, string name, SchemaNode value) => patterns.Of(name) is { } beside ? document.Meet(value, beside) : value;

    private HashSet<string> Required()
    {
        if (!schema.TryGetProperty("required", out var list)) return [];
        // OpenAPI's habit of a required: true in the property itself is no list.
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(n => n.ValueKind != JsonValueKind.String)) throw document.Invalid($"{path}/required", "must be a list of names");
        return [.. list.EnumerateArray().Select(n => n.GetString()!)];
    }

    /// <summary>Names by the patterns that they match, and those that match none.</summary>
    private NameSets? Others()
    {
        var patterns = Members("patternProperties").ToArray();
        var hasRest = schema.TryGetProperty("additionalProperties", out var rest);
        var hasNames = schema.TryGetProperty("propertyNames", out var names);
        if (patterns.Length == 0 && !hasRest && !hasNames) return null;
        List<NameClass> classes = [new(CharacterAutomaton.Everything, SchemaNode.Any)];
        var unmatched = CharacterAutomaton.Everything;
        foreach (var (pattern, value) in patterns.Select(p => (p.Name, document.Node(p.Value, SchemaDocument.Child($"{path}/patternProperties", p.Name)))))
        {
            var (matching, outside) = Automata(pattern);
            classes = [.. classes.SelectMany(c => (NameClass[])
                [new(c.Names.Meet(matching, document.Budget), document.Meet(c.Value, value)), new(c.Names.Meet(outside, document.Budget), c.Value)])
                .Where(c => !c.Names.IsEmpty)];
            unmatched = unmatched.Meet(outside, document.Budget);
        }

        var ofPatterns = classes;
        if (hasRest || strict)
        {
            // Nothing but the last class can be without a pattern: of all of them it is outside.
            var isClosed = !hasRest || rest.ValueKind == JsonValueKind.False;
            var matched = unmatched.Complement(document.Budget);
            classes = [.. classes.Select(c => new NameClass(c.Names.Meet(matched, document.Budget), c.Value)).Where(c => !c.Names.IsEmpty)];
            if (patterns.Length == 0) classes = [];
            if (!isClosed && !unmatched.IsEmpty) classes.Add(new(unmatched, document.Node(rest, $"{path}/additionalProperties")));
        }

        return hasNames ? Named(new(classes, ofPatterns), Names(names)) : new(classes, ofPatterns);
    }

    private NameSets Named(NameSets sets, CharacterAutomaton allowed)
    {
        foreach (var (name, _) in Members("properties"))
            if (!allowed.Accepts(name)) throw document.Unsupported($"{path}/propertyNames", $"forbids the property \"{name}\", which is named beside it");
        return new([.. sets.All.Select(c => c with { Names = c.Names.Meet(allowed, document.Budget) }).Where(c => !c.Names.IsEmpty)], sets.OfPatterns);
    }

    private CharacterAutomaton Names(JsonElement names)
    {
        var at = $"{path}/propertyNames";
        var budget = document.Budget;
        if (names.ValueKind == JsonValueKind.True) return CharacterAutomaton.Everything;
        if (names.ValueKind != JsonValueKind.Object) throw document.Unsupported(at, "must be a schema of strings");
        // The names of an object are a string whatever the schema's type says of others.
        foreach (var member in names.EnumerateObject())
            if (SchemaKeywords.Asserts(member.Name) && member.Name is not ("type" or "pattern" or "format" or "minLength" or "maxLength" or "enum" or "const"))
                throw document.Unsupported($"{at}/{member.Name}", "is not supported there");
        var shapes = new SchemaKeywordReader(document, names, at, strict).Shapes();
        var strings = shapes is null ? CharacterAutomaton.Everything
            : shapes.OfType<StringShape>().FirstOrDefault()?.Automaton(budget) ?? throw document.Invalid($"{at}/type", "must be string");
        if (names.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array) strings = strings.Meet(OneOf(values.EnumerateArray()), budget);
        if (names.TryGetProperty("const", out var value)) strings = strings.Meet(OneOf([value]), budget);
        return strings;

        CharacterAutomaton OneOf(IEnumerable<JsonElement> elements) => AutomatonBuilder.Of(
            Expression.Choice([.. elements.Where(e => e.ValueKind == JsonValueKind.String).Select(e => Expression.Text(e.GetString()!))]), budget);
    }

    private (CharacterAutomaton Matching, CharacterAutomaton Outside) Automata(string pattern)
    {
        try
        {
            document.Budget.Spend(pattern.Length);
            var matching = AutomatonBuilder.Of(RegexExpression.Containing(pattern), document.Budget);
            return (matching, matching.Complement(document.Budget));
        }
        catch (NotSupportedException e)
        {
            throw document.Unsupported(SchemaDocument.Child($"{path}/patternProperties", pattern), $"cannot be enforced: {e.Message}");
        }
    }

    private IEnumerable<(string Name, JsonElement Value)> Members(string keyword)
    {
        if (!schema.TryGetProperty(keyword, out var members)) return [];
        return members.ValueKind == JsonValueKind.Object ? members.EnumerateObject().Select(m => (m.Name, m.Value)) : throw document.Invalid($"{path}/{keyword}", "must be an object of schemas");
    }

    /// <param name="All">Of names that are not properties.</param>
    /// <param name="OfPatterns">Of every name, what patterns alone say.</param>
    private sealed record NameSets(IReadOnlyList<NameClass> All, IReadOnlyList<NameClass> OfPatterns);
}
