using System.Collections.Frozen;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>What is made of each keyword.</summary>
internal static class SchemaKeywords
{
    /// <summary>Say nothing about which values are valid, or are read where they are referred to.</summary>
    private static readonly FrozenSet<string> Ignored = FrozenSet.Create(
        "$schema", "$id", "id", "$comment", "$anchor", "$vocabulary", "$defs", "definitions", "title", "description", "default", "example", "examples", "deprecated",
        "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema", "externalDocs", "xml");

    private static readonly FrozenSet<string> Enforced = FrozenSet.Create(
        "$ref", "type", "enum", "const", "allOf", "anyOf", "oneOf",
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties",
        "items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems",
        "minLength", "maxLength", "pattern", "format",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");

    /// <summary>For a few of those that are refused: what to write instead.</summary>
    private static readonly FrozenDictionary<string, string> Instead = new Dictionary<string, string>
    {
        ["nullable"] = "a type of [\"…\", \"null\"] says the same",
        ["dependencies"] = "anyOf with required says the same",
        ["dependentRequired"] = "anyOf with required says the same",
        ["unevaluatedProperties"] = "additionalProperties is",
        ["if"] = "anyOf of both cases is",
    }.ToFrozenDictionary();

    public static bool Asserts(string keyword) => !Ignored.Contains(keyword) && !keyword.StartsWith("x-", StringComparison.Ordinal);

    /// <returns>Why a keyword is refused, or null.</returns>
    public static string? Refusal(string keyword)
        => !Asserts(keyword) || Enforced.Contains(keyword) ? null
        : Instead.TryGetValue(keyword, out var instead) ? $"is not supported: {instead}" : "is not supported";
}
