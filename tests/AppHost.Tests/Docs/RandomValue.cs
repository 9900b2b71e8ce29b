using System.Text;
using System.Text.Json.Nodes;

namespace AppHost.Tests.Docs;

/// <summary>Makes values that a schema allows.</summary>
internal sealed class RandomValue(ApiDocument document, Random random)
{
    private static readonly string[] Texts = ["A boat on the river.", "Tom had a kite", "good", "Not bad!", "ÜBER straße", "日本語のテキスト", "👩‍👩‍👧 emoji", "a\tb\nc", "مرحبا", "  ", "x"];

    /// <summary>A name at random would be found nowhere.</summary>
    private static readonly string[] Models = ["sentiment", "embedding", "stories", "reranker", "sentiment:1", "absent", "bad name"];

    /// <summary>Members that say how long an answer is: few tokens are as good as many, and quicker.</summary>
    private static readonly string[] Lengths = ["max_tokens", "max_completion_tokens", "max_new_tokens", "max_output_tokens", "max_length"];

    public JsonNode? Of(JsonNode schema, string name = "", JsonNode? example = null)
    {
        var rules = document.Follow(schema);
        if (rules["oneOf"]?.AsArray() is { } kinds) return Of(kinds[random.Next(kinds.Count)]!, name, example);
        if (rules["pattern"] is { } pattern) return OneOf(((string)pattern!)[2..^2].Split('|'));
        if (rules["enum"]?.AsArray() is { } values) return values[random.Next(values.Count)]?.DeepClone();
        var types = rules["type"] is { } type ? SchemaCheck.Types(type).ToArray() : ["null"];
        if (types.Contains("null") && random.Next(4) == 0) return null;
        return types.First(t => t != "null" || types.Length == 1) switch
        {
            "string" => Text(rules, name, example),
            "boolean" => random.Next(2) == 0,
            "integer" => Whole(rules, name),
            "number" => Fraction(rules),
            "array" => List(rules, name, example as JsonArray),
            "object" => Members(rules, example as JsonObject),
            _ => null,
        };
    }

    private JsonObject Members(JsonObject rules, JsonObject? example)
    {
        var made = new JsonObject();
        var required = rules["required"]?.AsArray().Select(r => (string)r!).ToArray() ?? [];
        foreach (var (name, schema) in rules["properties"]?.AsObject() ?? [])
            if (required.Contains(name) || Lengths.Contains(name) || random.Next(5) == 0)
                made[name] = Lengths.Contains(name) ? random.Next(3, 8) : Of(schema!, name, example?[name]);
        if (rules["additionalProperties"] is JsonObject others) made[$"{random.Next(300)}"] = Of(others);
        return made;
    }

    private JsonArray List(JsonObject rules, string name, JsonArray? example)
    {
        var (least, most) = ((int?)rules["minItems"] ?? 0, (int?)rules["maxItems"] ?? 3);
        return [.. Enumerable.Range(0, random.Next(least, Math.Min(most, least + 3) + 1)).Select(i => Of(rules["items"] ?? new JsonObject(), name, example?.ElementAtOrDefault(i)))];
    }

    private string Text(JsonObject rules, string name, JsonNode? example)
    {
        if (name == "model" && random.Next(3) > 0) return (string?)example ?? OneOf(Models);
        if ((string?)rules["format"] is "date-time") return "2100-01-01T00:00:00Z";
        if (example is JsonValue && random.Next(3) > 0) return (string)example!;
        return random.Next(4) > 0 ? OneOf(Texts) : Runes(random.Next(1, 40));
    }

    /// <summary>Characters of all of Unicode, unassigned ones too.</summary>
    private string Runes(int count) => string.Concat(Enumerable.Range(0, count).Select(_ =>
    {
        var value = random.Next(4) == 0 ? random.Next(0x10FFFF) : random.Next(0x3000);
        return (Rune.TryCreate(value, out var rune) ? rune : Rune.ReplacementChar).ToString();
    }));

    private long Whole(JsonObject rules, string name)
    {
        // A few answers to each prompt are as good as many.
        var most = name is "n" or "best_of" ? 2 : (long?)rules["maximum"] ?? 300;
        var least = (long?)rules["minimum"] ?? 0;
        return random.Next(4) switch { 0 => least, 1 => most, _ => least + random.Next(0, (int)Math.Min(most - least, 8) + 1) };
    }

    private double Fraction(JsonObject rules)
    {
        var (least, most) = ((double?)rules["minimum"] ?? (double?)rules["exclusiveMinimum"] ?? -10, (double?)rules["maximum"] ?? 10);
        return random.Next(4) == 0 ? most : least + ((most - least) * Math.Max(random.NextDouble(), 0.001));
    }

    private string OneOf(string[] texts) => texts[random.Next(texts.Length)];
}
