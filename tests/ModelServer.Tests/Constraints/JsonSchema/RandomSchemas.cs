using System.Text.Json.Nodes;

namespace ModelServer.Tests.Constraints.JsonSchema;

/// <summary>Random schemas of the keywords that are enforced.</summary>
internal sealed class RandomSchemas(Random random)
{
    private static readonly string[] Names = ["a", "b", "name", "größe", "two words", "q\"uote", "x/y"];
    private static readonly string[] Patterns = ["^[a-c]{2,4}$", "^(?:ab|c)+$", "\\d", "^x", "end$", "^[^\"\\\\]*$", "^\\w+@\\w+$", "^é?\\n$", "a|^b$", "^[A-Z]{3}-\\d{2,4}$"];
    private static readonly string[] Formats = ["date", "time", "date-time", "uuid", "email", "ipv4", "ipv6", "uri", "hostname", "duration"];

    private int _definitions;

    /// <summary>A schema with definitions that may refer to themselves.</summary>
    public JsonObject Next()
    {
        _definitions = random.Next(3);
        var schema = Schema(3);
        if (_definitions > 0) schema["$defs"] = new JsonObject(Enumerable.Range(0, _definitions).Select(i => KeyValuePair.Create($"d{i}", (JsonNode?)Schema(2))));
        return schema;
    }

    private JsonObject Schema(int depth) => random.Next(depth > 0 ? 14 : 6) switch
    {
        0 => Number(),
        1 => String(),
        2 => new() { ["enum"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value(1))]) },
        3 => new() { ["type"] = Pick("null", "boolean", "integer", "string", "number") },
        4 => Integer(),
        5 => new() { ["const"] = Value(2) },
        6 or 7 or 8 or 9 => Object(depth - 1),
        10 => Array(depth - 1),
        11 => new() { ["anyOf"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Schema(depth - 1))]) },
        12 => AllOf(depth - 1),
        // Within an object, so that a definition that refers to itself has a value between, and need not be there.
        _ => _definitions == 0 ? Object(depth - 1) : new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["ref"] = new JsonObject { ["$ref"] = $"#/$defs/d{random.Next(_definitions)}" } },
            ["additionalProperties"] = false,
        },
    };

    private JsonObject Number()
    {
        var schema = new JsonObject { ["type"] = "number" };
        var low = random.Next(-2000, 2000) / 100m;
        if (random.Next(2) == 0) schema[Pick("minimum", "exclusiveMinimum")] = low;
        if (random.Next(2) == 0) schema[Pick("maximum", "exclusiveMaximum")] = low + (random.Next(1, 3000) / 1000m);
        if (random.Next(4) == 0) schema["multipleOf"] = Pick("0.1", "0.01", "1", "3") switch { var m => decimal.Parse(m, System.Globalization.CultureInfo.InvariantCulture) };
        return schema;
    }

    private JsonObject Integer()
    {
        var schema = new JsonObject { ["type"] = "integer" };
        var low = random.Next(-300, 2000);
        if (random.Next(2) == 0) schema[Pick("minimum", "exclusiveMinimum")] = low;
        if (random.Next(2) == 0) schema[Pick("maximum", "exclusiveMaximum")] = low + random.Next(20, 3000);
        if (random.Next(4) == 0) schema["multipleOf"] = random.Next(1, 12);
        return schema;
    }

    private JsonObject String()
    {
        var schema = new JsonObject { ["type"] = "string" };
        switch (random.Next(4))
        {
            case 0:
                schema["pattern"] = Patterns[random.Next(Patterns.Length)];
                if (random.Next(2) == 0) schema["maxLength"] = random.Next(4, 12);
                break;
            case 1:
                schema["format"] = Formats[random.Next(Formats.Length)];
                break;
            default:
                var min = random.Next(4);
                schema["minLength"] = min;
                if (random.Next(2) == 0) schema["maxLength"] = min + random.Next(4);
                break;
        }

        return schema;
    }

    private JsonObject Array(int depth)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = random.Next(8) == 0 ? (JsonNode)false : Schema(depth) };
        var min = random.Next(3);
        if (random.Next(3) == 0) schema["prefixItems"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Schema(depth))]);
        else if (random.Next(2) == 0 && schema["items"] is JsonObject) schema["minItems"] = min;
        if (random.Next(2) == 0) schema["maxItems"] = min + random.Next(3);
        return schema;
    }

    private JsonObject Object(int depth)
    {
        var names = Names.OrderBy(_ => random.Next()).Take(random.Next(5)).ToArray();
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)Schema(depth)))),
            ["required"] = new JsonArray([.. names.Where(_ => random.Next(2) == 0).Select(n => (JsonNode)n)]),
        };
        if (random.Next(3) > 0) schema["additionalProperties"] = random.Next(3) switch { 0 => (JsonNode)true, 1 => false, _ => Schema(0) };
        if (random.Next(5) == 0) schema["patternProperties"] = new JsonObject { ["^s_"] = Schema(0), ["e$"] = new JsonObject { ["type"] = "integer" } };
        if (random.Next(6) == 0) schema["propertyNames"] = new JsonObject { ["maxLength"] = 10 };
        if (random.Next(6) == 0 && names.Length > 0) schema["minProperties"] = 1;
        if (random.Next(6) == 0) schema["maxProperties"] = names.Length + random.Next(2);
        return schema;
    }

    private JsonObject AllOf(int depth) => random.Next(3) switch
    {
        0 => new() { ["allOf"] = new JsonArray(Number(), new JsonObject { ["minimum"] = -1000 }) },
        1 => new() { ["allOf"] = new JsonArray(String(), new JsonObject { ["type"] = "string", ["minLength"] = 1 }) },
        _ => new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = "k" }, ["a"] = new JsonObject { ["type"] = new JsonArray("integer", "string") } },
            ["required"] = new JsonArray("kind"),
            ["allOf"] = new JsonArray(new JsonObject { ["properties"] = new JsonObject { ["a"] = Integer(), ["more"] = Schema(depth) } }),
        },
    };

    private JsonNode? Value(int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-20, 200),
        3 => random.Next(-20, 200) / 8m,
        4 => Names[random.Next(Names.Length)],
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Value(depth - 1))]),
        _ => new JsonObject(Names.Take(random.Next(3)).Select(n => KeyValuePair.Create(n, Value(depth - 1)))),
    };

    private string Pick(params string[] of) => of[random.Next(of.Length)];
}
