using System.Globalization;
using System.Text.Json;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>The schemas within one document by number, and the nodes made of them.</summary>
/// <param name="field">The field of the request that holds it, for messages.</param>
internal sealed class SchemaDocument(JsonElement root, string field, WorkBudget budget)
{
    private const int MaxDepth = 64;

    private readonly List<(JsonElement Schema, string Path)> _schemas = [];
    private readonly Dictionary<string, int> _byPath = [];
    private readonly Dictionary<string, SchemaNode> _nodes = [];

    public WorkBudget Budget => budget;

    public JsonElement Schema(int number) => _schemas[number].Schema;

    /// <summary>Where a schema is: <c>#/properties/name</c>.</summary>
    public string Path(int number) => _schemas[number].Path;

    /// <summary>Looks at the whole document first, so that nothing in it surprises later.</summary>
    /// <exception cref="InvalidFieldException">It is nested too deep, or has names twice.</exception>
    public SchemaNode Root()
    {
        Check(root, "#", 0);
        return Node(root, "#");
    }

    public SchemaNode Node(JsonElement schema, string path) => Node([Number(schema, path)]);

    /// <summary>What both nodes allow.</summary>
    public SchemaNode Meet(SchemaNode a, SchemaNode b) => a.Schemas.Count == 0 ? b : b.Schemas.Count == 0 || a == b ? a : Node([.. a.Schemas.Union(b.Schemas).Order()]);

    public int Number(JsonElement schema, string path)
    {
        // A schema that is a reference and nothing else is what it refers to.
        for (var steps = 0; ; steps++)
        {
            if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False)) throw Invalid(path, "must be an object, true or false");
            if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("$ref", out var reference)) break;
            if (schema.EnumerateObject().Any(p => p.Name != "$ref" && SchemaKeywords.Asserts(p.Name))) break;
            if (steps > MaxDepth) throw Invalid($"{path}/$ref", "refers to itself, or through too many others");
            (schema, path) = Resolve(reference, path);
        }

        if (_byPath.TryGetValue(path, out var number)) return number;
        budget.Spend();
        _schemas.Add((schema, path));
        return _byPath[path] = _schemas.Count - 1;
    }

    /// <summary>The schema that a <c>$ref</c> of a schema refers to.</summary>
    public (JsonElement Schema, string Path) Resolve(JsonElement reference, string path)
    {
        var from = $"{path}/$ref";
        if (reference.ValueKind != JsonValueKind.String) throw Invalid(from, "must be a string");
        var text = Uri.UnescapeDataString(reference.GetString()!);
        if (text != "#" && !text.StartsWith("#/", StringComparison.Ordinal)) throw Unsupported(from, $"\"{text}\" is not supported: references within the schema are, from # on");
        var (at, target) = (root, "#");
        foreach (var escaped in text.Split('/').Skip(1))
        {
            var name = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            var found = at.ValueKind switch
            {
                JsonValueKind.Object when at.TryGetProperty(name, out var member) => member,
                JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength() => at[index],
                _ => throw Invalid(from, $"\"{text}\" is not there"),
            };
            (at, target) = (found, Child(target, name));
        }

        return (at, target);
    }

    public static string Child(string path, string name) => $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public InvalidFieldException Invalid(string path, string what) => new(field, $"{field}: {path} {what}.");

    public InvalidFieldException Unsupported(string path, string what) => new(FieldError.Unsupported(field, $"{field}: {path} {what}."));

    private SchemaNode Node(int[] schemas)
    {
        var key = string.Join(' ', schemas);
        if (_nodes.TryGetValue(key, out var node)) return node;
        budget.Spend(1 + schemas.Length);
        return _nodes[key] = new(schemas);
    }

    private void Check(JsonElement element, string path, int depth)
    {
        budget.Spend();
        if (depth > MaxDepth) throw Invalid("it", $"is nested deeper than {MaxDepth}");
        try
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    element.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray()) Check(item, path, depth + 1);
                    break;
                case JsonValueKind.Object:
                    var names = new HashSet<string>();
                    foreach (var member in element.EnumerateObject())
                    {
                        if (!names.Add(member.Name)) throw Invalid(Child(path, member.Name), "is there twice");
                        Check(member.Value, Child(path, member.Name), depth + 1);
                    }

                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw Invalid(path, "has half a pair of surrogates");
        }
    }
}
