using System.Text.Json;
using ModelServer.Generation;
using ModelServer.OpenAI;

namespace ModelServer.Responses;

/// <summary>Checks the settings in the body of <c>POST /v1/responses</c>.</summary>
internal static class ResponsesValidation
{
    public const string LogprobsIncluded = "message.output_text.logprobs";

    private const int MaxMetadata = 16, MaxMetadataKey = 64, MaxMetadataValue = 512, MaxIdLength = 256;

    /// <summary>Fields of OpenAI's that would change the answer.</summary>
    private static readonly (string Name, string Message)[] Unsupported =
    [
        ("conversation", "conversation is not supported: previous_response_id is, or send the items."),
        ("prompt", "prompt is not supported: send the text as instructions and input."),
        ("context_management", "context_management is not supported."),
        ("moderation", "moderation is not supported."),
        ("image", "image is not supported."),
        ("messages", "messages is not supported: input is."),
    ];

    private static readonly string[] Includes =
    [
        LogprobsIncluded, "reasoning.encrypted_content",
        // Of what is never there.
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
    ];

    public static FieldError? Validate(this ResponsesRequest request, int maxItems) => request switch
    {
        _ when UnsupportedOf(request.Others) is { } error => error,
        { Background: true } => FieldError.Unsupported("background", "background is not supported: use stream."),
        _ when ItemValidation.Check(request.Input, maxItems) is { } error => error,
        { PreviousResponseId: { } id } when !ItemIds.IsOfResponse(id) => NoPrevious(id),
        { MaxOutputTokens: < 1 } => new("max_output_tokens", "max_output_tokens must be at least 1."),
        { TopLogprobs: not (null or (>= 0 and <= ResponsesRequest.MaxTopLogprobs)) } => new("top_logprobs", $"top_logprobs must be 0 to {ResponsesRequest.MaxTopLogprobs}."),
        { MaxToolCalls: < 1 } => new("max_tool_calls", "max_tool_calls must be at least 1."),
        { Truncation: not (null or "disabled") } => FieldError.Unsupported("truncation", "truncation must be disabled: leave out items that do not fit."),
        _ when request.Include?.FirstOrDefault(i => !Includes.Contains(i)) is { } unknown => FieldError.Unsupported("include", $"include may not name {unknown}."),
        { Include: { } include } when include.Contains(null) => new("include", "include must not have null."),
        _ when CheckText(request.Text) is { } error => error,
        { Reasoning.Effort: not (null or "none" or "minimal" or "low" or "medium" or "high" or "xhigh") }
            => new("reasoning.effort", "reasoning.effort must be none, minimal, low, medium, high or xhigh."),
        _ when ToolValidation.Check(request.Tools, request.ToolChoice) is { } error => error,
        _ when CheckMetadata(request.Metadata) is { } error => error,
        { User.Length: > MaxIdLength } => new("user", $"user may have at most {MaxIdLength} characters."),
        { SafetyIdentifier.Length: > MaxIdLength } => new("safety_identifier", $"safety_identifier may have at most {MaxIdLength} characters."),
        { PromptCacheKey.Length: > MaxIdLength } => new("prompt_cache_key", $"prompt_cache_key may have at most {MaxIdLength} characters."),
        _ => request.ValidateSampling(request.MaxOutputTokens),
    };

    /// <summary>That the caller has no such response to go on from, in OpenAI's words.</summary>
    public static FieldError NoPrevious(string id)
        => new("previous_response_id", $"Previous response with id '{(id.Length > MaxIdLength ? id[..MaxIdLength] : id)}' not found.", "previous_response_not_found");

    private static FieldError? UnsupportedOf(Dictionary<string, JsonElement>? others)
    {
        foreach (var (name, message) in Unsupported)
            if (others?.TryGetValue(name, out var value) == true && UnsupportedFields.Says(value)) return FieldError.Unsupported(name, message);
        return others?.TryGetValue("n", out var n) == true && !(n.ValueKind == JsonValueKind.Null || (n.ValueKind == JsonValueKind.Number && n.TryGetInt32(out var choices) && choices == 1))
            ? FieldError.Unsupported("n", "n must be 1.")
            : UnsupportedFields.FirstOf(others);
    }

    private static FieldError? CheckText(ResponsesText? text) => text switch
    {
        { Verbosity: not (null or "medium") } => FieldError.Unsupported("text.verbosity", "text.verbosity must be medium."),
        null or { Format: null or { Type: "text" or "json_object" } } => null,
        { Format.Type: not "json_schema" } => new("text.format.type", "text.format.type must be text, json_object or json_schema."),
        { Format.Name: null or "" } => FieldError.Required("text.format.name"),
        { Format.Schema: null } => FieldError.Required("text.format.schema"),
        { Format.Schema.ValueKind: not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False) } => new("text.format.schema", "text.format.schema must be an object."),
        _ => null,
    };

    private static FieldError? CheckMetadata(Dictionary<string, string>? metadata) => metadata switch
    {
        null => null,
        { Count: > MaxMetadata } => new("metadata", $"metadata may have at most {MaxMetadata} entries."),
        _ when metadata.Keys.Any(k => k.Length > MaxMetadataKey) => new("metadata", $"Names in metadata may have at most {MaxMetadataKey} characters."),
        _ when metadata.Values.Any(v => v is not { Length: <= MaxMetadataValue }) => new("metadata", $"Values in metadata must be strings of at most {MaxMetadataValue} characters."),
        _ => null,
    };
}
