using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.ChatTemplates;
using ModelServer.Generation;
using ModelServer.Requests;
using ModelServer.Sampling;
using ServiceDefaults;

namespace ModelServer.OpenAI;

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatRequest : OpenAIRequest
{
    private const int MaxTopLogprobs = 20;

    public ChatMessage[]? Messages { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public ResponseFormat? ResponseFormat { get; init; }

    public JsonElement? Tools { get; init; }

    public JsonElement? Functions { get; init; }

    public JsonElement? Audio { get; init; }

    public JsonElement? Prediction { get; init; }

    public JsonElement? WebSearchOptions { get; init; }

    public string[]? Modalities { get; init; }

    public ApiError? Validate(int maxMessages, int maxChoices) => this switch
    {
        { Messages: null } => Required("messages"),
        { Messages: [] } => Invalid("messages", "messages must not be empty."),
        _ when Messages.Length > maxMessages => Invalid("messages", $"messages has {Messages.Length} items; at most {maxMessages} are allowed."),
        _ when Messages.Select(Check).FirstOrDefault(e => e is not null) is { } error => error,
        { MaxCompletionTokens: < 1 } => Invalid("max_completion_tokens", "max_completion_tokens must be at least 1."),
        { TopLogprobs: not (null or (>= 0 and <= MaxTopLogprobs)) } => Invalid("top_logprobs", $"top_logprobs must be 0 to {MaxTopLogprobs}."),
        { TopLogprobs: not null, Logprobs: not true } => Invalid("top_logprobs", "top_logprobs goes with logprobs alone."),
        { ResponseFormat.Type: not "text" } => Unsupported("response_format", "response_format must be text."),
        { Modalities: { } kinds } when kinds.Any(k => k != "text") => Unsupported("modalities", "modalities must be text alone."),
        _ when UnsupportedField() is { } field => Unsupported(field, $"{field} is not supported."),
        _ => ValidateShared(prompts: 1, maxChoices, MaxCompletionTokens ?? MaxTokens),
    };

    public TextGenerationRequest ToGeneration(Caller caller)
        => new(Model, model => [Render(model.Text.ChatTemplate)], caller, ToSamplingOptions(Logprobs == true ? TopLogprobs ?? 0 : null))
        {
            Choices = Choices,
            MaxTokens = MaxCompletionTokens ?? MaxTokens,
            MinTokens = MinTokens ?? 0,
            IgnoreEndTokens = IgnoreEos ?? false,
            Stops = Stop ?? [],
            Operation = "chat",
            Field = "messages",
        };

    private TextPrompt Render(ChatTemplate? template) => template is not null
        ? template.Render(Array.ConvertAll(Messages!, m => new ChatTurn(m.Role == "developer" ? "system" : m.Role!, m.Content?.Text ?? "")))
        : throw new InvalidFieldException("model", "The model has no chat template that is known here; use /v1/completions, or set chatTemplate in its serving.json.");

    private string? UnsupportedField()
        => IsSet(Tools) ? "tools"
        : IsSet(Functions) ? "functions"
        : IsSet(Audio) ? "audio"
        : IsSet(Prediction) ? "prediction"
        : IsSet(WebSearchOptions) ? "web_search_options"
        : null;

    private static ApiError? Check(ChatMessage? message, int index) => message switch
    {
        null or { Role: null } => Invalid($"messages[{index}].role", "Every message needs a role."),
        { Role: "tool" or "function" } => Unsupported($"messages[{index}].role", $"The role {message.Role} is not supported."),
        { Role: not ("system" or "developer" or "user" or "assistant") } => Invalid($"messages[{index}].role", "role must be system, developer, user or assistant."),
        _ when IsSet(message.ToolCalls) => Unsupported($"messages[{index}].tool_calls", "tool_calls is not supported."),
        { Content.UnsupportedPart: { } } => Unsupported($"messages[{index}].content", "content may have parts of the type text alone."),
        { Content: null } => Invalid($"messages[{index}].content", "Every message needs content."),
        _ => null,
    };
}

internal sealed record ChatMessage(string? Role, [property: JsonConverter(typeof(ChatContentConverter))] ChatContent? Content, JsonElement? ToolCalls);

internal sealed record ResponseFormat(string? Type);
