using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/responses</c>: OpenAI's, as far as it is about text, and the sampling fields of the other generating routes.</summary>
public sealed record ResponsesRequest([property: Description("A text, which is the user's, or items: messages, calls of functions and their outputs, reasoning."), Required] ResponsesInput Input)
    : SamplingFields
{
    public const int MaxTopLogprobs = 20;

    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    [Description("Goes before the conversation as a system message. It does not carry over to a response that goes on from this one.")]
    public string? Instructions { get; init; }

    [Description("A stored response, whose conversation goes before the input. Refused where the platform has no Redis.")]
    public string? PreviousResponseId { get; init; }

    [Description("Keep the response, so that another may go on from it. Ordinarily true where the platform has Redis; without it true is refused and the answer says false.")]
    public bool? Store { get; init; }

    [Description("The most tokens of the answer, reasoning and calls included; without it as many as the model's window has room for."), Range(1, int.MaxValue)]
    public int? MaxOutputTokens { get; init; }

    [Description("How many likely tokens to tell with each chosen one; the answer tells them where this is above 0 or include asks for message.output_text.logprobs."), Range(0, MaxTopLogprobs)]
    public int? TopLogprobs { get; init; }

    [Description("Functions that the model may call."), MaxLength(128)]
    public ResponsesTool[]? Tools { get; init; }

    public ResponsesToolChoice? ToolChoice { get; init; }

    [Description("Whether one answer may call several functions."), DefaultValue(true)]
    public bool? ParallelToolCalls { get; init; }

    [Description("Ignored: it bounds tools that run on the server, of which there are none."), Range(1, int.MaxValue)]
    public int? MaxToolCalls { get; init; }

    [Description("What the text must be.")]
    public ResponsesText? Text { get; init; }

    public ResponsesReasoning? Reasoning { get; init; }

    [Description("message.output_text.logprobs tells log probabilities; what concerns tools of OpenAI's is ignored.")]
    public string[]? Include { get; init; }

    [Description("disabled: a conversation that does not fit the model's window is refused."), AllowedValues("disabled")]
    public string? Truncation { get; init; }

    [Description("Answer as server-sent events.")]
    public bool? Stream { get; init; }

    [Description("Not supported: refused where true.")]
    public bool? Background { get; init; }

    [Description("At most 16 texts under names of yours, repeated in the answer.")]
    public Dictionary<string, string>? Metadata { get; init; }

    [Description("Repeated in the answer.")]
    public string? User { get; init; }

    [Description("Repeated in the answer.")]
    public string? SafetyIdentifier { get; init; }

    [Description("Repeated in the answer.")]
    public string? PromptCacheKey { get; init; }

    /// <summary>Fields that are not known.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

/// <param name="Format">Null for text.</param>
public sealed record ResponsesText(ResponsesTextFormat? Format = null)
{
    [Description("medium alone."), AllowedValues("medium")]
    public string? Verbosity { get; init; }
}

public sealed record ResponsesTextFormat([property: AllowedValues("text", "json_object", "json_schema"), Required] string Type)
{
    [Description("Of a json_schema: what clients call it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    [Description("Of a json_schema: the schema."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Schema { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Strict { get; init; }
}

public sealed record ResponsesReasoning(
    [property: Description("Given to the model's chat template as reasoning_effort, and none as enable_thinking: false; templates that know neither ignore it."),
        AllowedValues("none", "minimal", "low", "medium", "high", "xhigh")] string? Effort = null,
    [property: Description("Ignored: the reasoning itself is told, not a summary of it.")] string? Summary = null);
