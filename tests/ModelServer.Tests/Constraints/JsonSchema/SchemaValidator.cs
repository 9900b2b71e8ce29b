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

    /// <summary>Whether the library reads all strings as the standard does: it counts a letter and its combining marks as one character, and to .NET's
    /// expressions a text ends before a line end, too.</summary>
    public static bool CanJudge(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanJudge(document.RootElement);
    }

    private static bool CanJudge(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().All(CanJudge),
        JsonValueKind.Object => element.EnumerateObject().All(m => CanJudgeText(m.Name) && CanJudge(m.Value)),
        JsonValueKind.String => CanJudgeText(element.GetString()!),
        _ => true,
    };

    private static bool CanJudgeText(string text) => new StringInfo(text).LengthInTextElements == text.EnumerateRunes().Count() && !text.EndsWith('\n');
}
