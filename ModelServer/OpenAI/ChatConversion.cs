using ModelServer.Batching;
using ModelServer.Generate;
using static ModelServer.Generate.SamplingConversion;
using static ModelServer.OpenAI.OpenAIValidation;

namespace ModelServer.OpenAI;

/// <summary>Checks the body of <c>POST /v1/chat/completions</c>, and makes of it what the generator takes.</summary>
internal static class ChatConversion
{
    public static ApiError? Validate(this ChatCompletionsRequest request, int maxMessages, int maxChoices) => request switch
    {
        { Messages: null } => Required("messages"),
        { Messages: [] } => Invalid("messages", "messages must not be empty."),
        _ when request.Messages.Length > maxMessages => Invalid("messages", $"messages has {request.Messages.Length} items; at most {maxMessages} are allowed."),
        _ when request.Messages.Select(Check).FirstOrDefault(e => e is not null) is { } error => error,
        { MaxCompletionTokens: < 1 } => Invalid("max_completion_tokens", "max_completion_tokens must be at least 1."),
        { TopLogprobs: not (null or (>= 0 and <= ChatCompletionsRequest.MaxTopLogprobs)) }
            => Invalid("top_logprobs", $"top_logprobs must be 0 to {ChatCompletionsRequest.MaxTopLogprobs}."),
        { TopLogprobs: not null, Logprobs: not true } => Invalid("top_logprobs", "top_logprobs goes with logprobs alone."),
        { ResponseFormat.Type: not "text" } => Unsupported("response_format", "response_format must be text."),
        { Modalities: { } kinds } when kinds.Any(k => k != "text") => Unsupported("modalities", "modalities must be text alone."),
        _ when UnsupportedField(request) is { } field => Unsupported(field, $"{field} is not supported."),
        _ => request.ValidateShared(prompts: 1, maxChoices, request.MaxCompletionTokens ?? request.MaxTokens),
    };

    public static TextGenerationRequest ToGeneration(this ChatCompletionsRequest request, Caller caller) => new(
        request.Model,
        loaded => [Render(loaded.Text!.ChatTemplate, request.Messages)],
        caller,
        request.ToSamplingOptions(request.Logprobs == true ? request.TopLogprobs ?? 0 : null))
    {
        Choices = request.Choices,
        MaxTokens = request.MaxCompletionTokens ?? request.MaxTokens,
        MinTokens = request.MinTokens ?? 0,
        IgnoreEndTokens = request.IgnoreEos ?? false,
        Stops = request.Stop?.Strings ?? [],
        Operation = "chat",
        Field = "messages",
    };

    private static TextPrompt Render(ChatTemplate? template, ChatMessage[] messages) => template is not null
        ? template.Render(Array.ConvertAll(messages, m => new ChatTurn(m.Role == "developer" ? "system" : m.Role, m.Content.Text)))
        : throw new InvalidFieldException("model", "The model has no chat template that is known here; use /v1/completions, or set chatTemplate in its serving.json.");

    private static string? UnsupportedField(ChatCompletionsRequest request)
        => IsSet(request.Tools) ? "tools"
        : IsSet(request.Functions) ? "functions"
        : IsSet(request.Audio) ? "audio"
        : IsSet(request.Prediction) ? "prediction"
        : IsSet(request.WebSearchOptions) ? "web_search_options"
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
