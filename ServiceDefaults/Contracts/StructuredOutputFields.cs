using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The fields by which OpenAI's API and vLLM's say what form a text has. One of them may be given.</summary>
public abstract record StructuredOutputFields : SamplingFields
{
    [Description("text, json_object: any JSON object, or json_schema: JSON that a schema validates.")]
    public ResponseFormat? ResponseFormat { get; init; }

    [Description("What form the answer has: one of json, regex, choice, grammar and json_object.")]
    public StructuredOutputs? StructuredOutputs { get; init; }

    [Description("A JSON schema, or its text: the answer is JSON that it validates.")]
    public JsonElement? GuidedJson { get; init; }

    [Description("A regular expression that matches the whole answer.")]
    public string? GuidedRegex { get; init; }

    [Description("The answer is one of these texts.")]
    public string[]? GuidedChoice { get; init; }

    [Description("A grammar in GBNF; the answer is what its rule root says.")]
    public string? GuidedGrammar { get; init; }
}

public sealed record ResponseFormat([property: AllowedValues("text", "json_object", "json_schema"), Required] string Type)
{
    [Description("Of the type json_schema, and required there.")]
    public ResponseSchema? JsonSchema { get; init; }

    /// <summary>Fields that are not known.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

public sealed record ResponseSchema
{
    [Description("Ignored.")]
    public string? Name { get; init; }

    [Description("Ignored: what the model should know belongs into the prompt.")]
    public string? Description { get; init; }

    [Description("A JSON schema (2020-12).")]
    public JsonElement? Schema { get; init; }

    [Description("Objects have only the properties that the schema names, where it says nothing of others. The answer keeps to the schema either way."), DefaultValue(false)]
    public bool? Strict { get; init; }
}

public sealed record StructuredOutputs
{
    [Description("As guided_json.")]
    public JsonElement? Json { get; init; }

    [Description("As guided_regex.")]
    public string? Regex { get; init; }

    [Description("As guided_choice.")]
    public string[]? Choice { get; init; }

    [Description("As guided_grammar.")]
    public string? Grammar { get; init; }

    [Description("Any JSON object."), DefaultValue(false)]
    public bool? JsonObject { get; init; }

    [Description("As strict of response_format."), DefaultValue(false)]
    public bool? DisableAdditionalProperties { get; init; }

    /// <summary>Fields that are not known.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}
