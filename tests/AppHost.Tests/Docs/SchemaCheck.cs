using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AppHost.Tests.Docs;

/// <summary>Tells why a value is not what a schema of the document says. It knows the keywords that the document uses, and stumbles over any other.</summary>
internal sealed class SchemaCheck(ApiDocument document)
{
    private static readonly string[] Notes = ["description", "default", "format", "title", "example"];

    /// <returns>The first fault, with its place, or null.</returns>
    public string? Fault(JsonNode? value, JsonNode schema, string place = "$")
    {
        foreach (var (keyword, rule) in document.Follow(schema))
            if (Fault(value, keyword, rule!, schema, place) is { } fault)
                return fault;
        return null;
    }

    private string? Fault(JsonNode? value, string keyword, JsonNode rule, JsonNode schema, string place) => keyword switch
    {
        "type" => Types(rule).Any(t => IsOf(value, t)) ? null : $"{place} is not of the type {rule.ToJsonString()}: {Short(value)}",
        "enum" => rule.AsArray().Any(v => JsonNode.DeepEquals(v, value)) ? null : $"{place} is none of {rule.ToJsonString()}: {Short(value)}",
        "pattern" => Text(value) is { } text && !Regex.IsMatch(text, (string)rule!) ? $"{place} does not match {rule}: {Short(value)}" : null,
        "minLength" => Text(value) is { } text && Length(text) < (int)rule ? $"{place} is shorter than {rule}" : null,
        "maxLength" => Text(value) is { } text && Length(text) > (int)rule ? $"{place} is longer than {rule}" : null,
        "minimum" => Number(value) < Number(rule) ? $"{place} is below {rule}: {Short(value)}" : null,
        "maximum" => Number(value) > Number(rule) ? $"{place} is above {rule}: {Short(value)}" : null,
        "exclusiveMinimum" => Number(value) <= Number(rule) ? $"{place} is not above {rule}: {Short(value)}" : null,
        "minItems" => value is JsonArray list && list.Count < (int)rule ? $"{place} has fewer than {rule} items" : null,
        "maxItems" => value is JsonArray list && list.Count > (int)rule ? $"{place} has more than {rule} items" : null,
        "items" => value is JsonArray list ? list.Select((item, i) => Fault(item, rule, $"{place}[{i}]")).FirstOrDefault(f => f is not null) : null,
        "required" => value is JsonObject o && rule.AsArray().FirstOrDefault(name => !o.ContainsKey((string)name!)) is { } name ? $"{place} lacks {name}" : null,
        "properties" => value is JsonObject o
            ? rule.AsObject().Where(p => o.ContainsKey(p.Key)).Select(p => Fault(o[p.Key], p.Value!, $"{place}.{p.Key}")).FirstOrDefault(f => f is not null)
            : null,
        "additionalProperties" => value is JsonObject o ? Additional(o, rule, document.Follow(schema)["properties"]?.AsObject(), place) : null,
        "oneOf" => rule.AsArray().Count(s => Fault(value, s!, place) is null) is var count and not 1 ? $"{place} is of {count} of the kinds it must be one of: {Short(value)}" : null,
        "anyOf" => rule.AsArray().Any(s => Fault(value, s!, place) is null) ? null : $"{place} is of none of its kinds: {Short(value)}",
        _ when Notes.Contains(keyword) => null,
        _ => throw new NotSupportedException($"The document uses the keyword {keyword}."),
    };

    private string? Additional(JsonObject value, JsonNode rule, JsonObject? known, string place)
    {
        var others = value.Where(p => known?.ContainsKey(p.Key) != true);
        return rule.GetValueKind() == JsonValueKind.False
            ? others.Select(p => $"{place} has {p.Key}, which is not known").FirstOrDefault()
            : others.Select(p => Fault(p.Value, rule, $"{place}.{p.Key}")).FirstOrDefault(f => f is not null);
    }

    internal static IEnumerable<string> Types(JsonNode rule) => rule is JsonArray several ? several.Select(t => (string)t!) : [(string)rule!];

    private static bool IsOf(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.String => type == "string",
        JsonValueKind.Array => type == "array",
        JsonValueKind.Object => type == "object",
        _ => type == "number" || (type == "integer" && Number(value) is { } number && Math.Floor(number) == number),
    };

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string)value! : null;

    private static double? Number(JsonNode? value)
        => value?.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static int Length(string text) => text.EnumerateRunes().Count();

    private static string Short(JsonNode? value) => (value?.ToJsonString() ?? "null") is { Length: > 80 } text ? text[..80] + "…" : value?.ToJsonString() ?? "null";
}
