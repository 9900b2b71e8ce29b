using System.Globalization;
using System.Text.Json;
using Json.Schema;

namespace ModelServer.Tests.Constraints.JsonSchema;

/// <summary>The judge: the validator of another library.</summary>
internal sealed class SchemaValidator(string schema)
{
    private static readonly EvaluationOptions Options = new() { RequireFormatValidation = true };

    private readonly Json.Schema.JsonSchema _schema = Json.Schema.JsonSchema.FromText(schema, new BuildOptions { SchemaRegistry = new() });

    public bool Validates(string json)
    {
        using var document = JsonDocument.Parse(json);
        return _schema.Evaluate(document.RootElement, Options).IsValid;
    }

    /// <summary>Whether the library counts the characters of all strings as the standard does: it takes a letter and its combining marks for one.</summary>
    public static bool CanCount(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanCount(document.RootElement);
    }

    private static bool CanCount(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().All(CanCount),
        JsonValueKind.Object => element.EnumerateObject().All(m => IsCounted(m.Name) && CanCount(m.Value)),
        JsonValueKind.String => IsCounted(element.GetString()!),
        _ => true,
    };

    private static bool IsCounted(string text) => new StringInfo(text).LengthInTextElements == text.EnumerateRunes().Count();
}
