using System.Text.Json;
using ModelServer.Constraints;
using ModelServer.Constraints.Ebnf;
using ModelServer.Constraints.JsonSchema;
using ModelServer.Constraints.Regex;
using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>Reads what form a text is asked to have, for both completion routes: OpenAI's <c>response_format</c>, and the fields of vLLM.</summary>
internal static class OutputFormats
{
    public const int MaxChoices = 10_000;

    /// <summary>What is wrong with the fields that ask for a form, or null. Whether a form can be enforced shows when its grammar is made.</summary>
    public static FieldError? ValidateFormat(this StructuredOutputFields fields) => fields switch
    {
        { ResponseFormat: { Type: null } } => FieldError.Required("response_format.type"),
        { ResponseFormat: { Type: not ("text" or "json_object" or "json_schema") } }
            => FieldError.Unsupported("response_format", "response_format must be of the type text, json_object or json_schema."),
        { ResponseFormat: { Type: "json_schema", JsonSchema.Schema: null } or { Type: "json_schema", JsonSchema: null } } => FieldError.Required("response_format.json_schema.schema"),
        _ when Unknown("response_format", fields.ResponseFormat?.Others) is { } error => error,
        _ when Unknown("structured_outputs", fields.StructuredOutputs?.Others) is { } error => error,
        _ when CheckChoices("guided_choice", fields.GuidedChoice) is { } error => error,
        _ when CheckChoices("structured_outputs.choice", fields.StructuredOutputs?.Choice) is { } error => error,
        _ => fields.Asked().Select(a => a.Field).ToArray() is [var first, var second, ..] ? new(second, $"{second} and {first} exclude each other.") : null,
    };

    /// <summary>The form that is asked for; null for any text.</summary>
    /// <exception cref="InvalidFieldException">A schema in a string is no JSON.</exception>
    public static OutputFormat? ToOutputFormat(this StructuredOutputFields fields) => fields.Asked().FirstOrDefault().Read?.Invoke();

    /// <summary>What the text may be, by a grammar that is made once.</summary>
    /// <exception cref="InvalidFieldException">It cannot be enforced.</exception>
    public static Func<DecoderModel, Grammar?>? ToGrammar(this StructuredOutputFields fields)
    {
        if (fields.ToOutputFormat()?.ToGrammar() is not { } grammar) return null;
        return _ => grammar;
    }

    private static IEnumerable<(string Field, Func<OutputFormat> Read)> Asked(this StructuredOutputFields fields)
    {
        if (fields.ResponseFormat is { Type: "json_object" }) yield return ("response_format", () => new JsonObjectFormat());
        if (fields.ResponseFormat is { Type: "json_schema", JsonSchema: { Schema: { } of } schema })
            yield return ("response_format", () => Schema(of, "response_format.json_schema.schema", schema.Strict ?? false));

        var outputs = fields.StructuredOutputs;
        var strict = outputs?.DisableAdditionalProperties ?? false;
        if (outputs?.JsonObject == true) yield return ("structured_outputs.json_object", () => new JsonObjectFormat());
        foreach (var (name, json) in ((string, JsonElement?)[])[("guided_json", fields.GuidedJson), ("structured_outputs.json", outputs?.Json)])
            if (Asks(json)) yield return (name, () => Schema(json!.Value, name, strict));
        foreach (var (name, regex) in ((string, string?)[])[("guided_regex", fields.GuidedRegex), ("structured_outputs.regex", outputs?.Regex)])
            if (!string.IsNullOrEmpty(regex)) yield return (name, () => new RegexFormat(regex, name));
        foreach (var (name, choices) in ((string, string[]?)[])[("guided_choice", fields.GuidedChoice), ("structured_outputs.choice", outputs?.Choice)])
            if (choices is { Length: > 0 }) yield return (name, () => new ChoiceFormat(choices));
        foreach (var (name, grammar) in ((string, string?)[])[("guided_grammar", fields.GuidedGrammar), ("structured_outputs.grammar", outputs?.Grammar)])
            if (!string.IsNullOrEmpty(grammar)) yield return (name, () => new EbnfFormat(grammar, name));
    }

    /// <summary>A schema, or the text of one, which vLLM takes as well.</summary>
    private static JsonSchemaFormat Schema(JsonElement schema, string field, bool strict)
    {
        if (schema.ValueKind != JsonValueKind.String) return new(schema, field, strict);
        try
        {
            using var parsed = JsonDocument.Parse(schema.GetString()!);
            return new(parsed.RootElement.Clone(), field, strict);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidFieldException(field, $"{field} must be a JSON schema, or the text of one.");
        }
    }

    // An empty schema asks for any JSON; an empty text for nothing.
    private static bool Asks(JsonElement? json) => json is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    private static FieldError? CheckChoices(string field, string[]? choices)
        => choices is null ? null
        : choices.Length > MaxChoices ? new(field, $"{field} has {choices.Length} items; at most {MaxChoices} are allowed.")
        : choices.Any(string.IsNullOrEmpty) ? new(field, $"{field} must not have empty texts.") : null;

    private static FieldError? Unknown(string field, Dictionary<string, JsonElement>? others)
        => others?.Where(o => UnsupportedFields.Says(o.Value)).Select(o => o.Key).FirstOrDefault() is { } name
            ? FieldError.Unsupported($"{field}.{name}", $"{field}.{name} is not supported.") : null;
}
