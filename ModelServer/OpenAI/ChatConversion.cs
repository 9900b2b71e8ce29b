using ModelServer.Chat;
using ModelServer.ChatTemplates;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.OpenAI;

/// <summary>Checks the body of <c>POST /v1/chat/completions</c>, and makes of it what the generator takes.</summary>
internal static class ChatConversion
{
    public static FieldError? Validate(this ChatCompletionsRequest request, int maxMessages, int maxChoices) => request switch
    {
        { Messages: null } => FieldError.Required("messages"),
        { Messages: [] } => new("messages", "messages must not be empty."),
        _ when request.Messages.Length > maxMessages => new("messages", $"messages has {request.Messages.Length} items; at most {maxMessages} are allowed."),
        _ when request.Messages.Select(Check).FirstOrDefault(e => e is not null) is { } error => error,
        { MaxTokens: < 1 } => new("max_tokens", "max_tokens must be at least 1."),
        { MaxCompletionTokens: < 1 } => new("max_completion_tokens", "max_completion_tokens must be at least 1."),
        { TopLogprobs: not (null or (>= 0 and <= ChatCompletionsRequest.MaxTopLogprobs)) }
            => new("top_logprobs", $"top_logprobs must be 0 to {ChatCompletionsRequest.MaxTopLogprobs}."),
        { TopLogprobs: not null, Logprobs: not true } => new("top_logprobs", "top_logprobs goes with logprobs alone."),
        _ when TemplateFields.CheckArguments(request.ChatTemplateKwargs) is { } error => error,
        _ when TemplateFields.CheckDocuments(request.Documents) is { } error => error,
        { ContinueFinalMessage: true, AddGenerationPrompt: true } => new("continue_final_message", "continue_final_message goes on with the last message, and add_generation_prompt begins another: ask for one of them."),
        { Modalities: { } kinds } when kinds.Any(k => k != "text") => FieldError.Unsupported("modalities", "modalities must be text alone."),
        _ => request.ValidateShared(prompts: 1, maxChoices, request.MaxCompletionTokens ?? request.MaxTokens),
    };

    public static TextGenerationRequest ToGeneration(this ChatCompletionsRequest request, Caller caller) => new TextGenerationRequest(
        request.Model,
        model => [new ChatRequest(request.ToConversation()).Render(model, caller.Aborted)],
        caller,
        request.ToSamplingOptions(request.Logprobs == true ? request.TopLogprobs ?? 0 : null))
    {
        Choices = request.Choices,
        MaxTokens = request.MaxCompletionTokens ?? request.MaxTokens,
        MaxTokensField = request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens",
        Grammar = request.ToGrammar(),
        Operation = "chat",
        Field = "messages",
    }.WithTextOf(request);

    private static Conversation ToConversation(this ChatCompletionsRequest request) => new([.. request.Messages.Select(ToTurn)])
    {
        Documents = request.Documents,
        Arguments = request.ChatTemplateKwargs,
        AddsPrompt = request.AddGenerationPrompt ?? true,
        ContinuesLastTurn = request.ContinueFinalMessage ?? false,
    };

    private static ChatTurn ToTurn(ChatMessage message) => new(message.Role == "developer" ? "system" : message.Role, message.Content.Text);

    private static FieldError? Check(ChatMessage? message, int index) => message switch
    {
        null or { Role: null } => new($"messages[{index}].role", "Every message needs a role."),
        { Role: "tool" or "function" } => FieldError.Unsupported($"messages[{index}].role", $"The role {message.Role} is not supported."),
        { Role: not ("system" or "developer" or "user" or "assistant") } => new($"messages[{index}].role", "role must be system, developer, user or assistant."),
        _ when UnsupportedFields.Says(message.ToolCalls) => FieldError.Unsupported($"messages[{index}].tool_calls", "tool_calls is not supported."),
        _ when UnsupportedFields.Says(message.FunctionCall) => FieldError.Unsupported($"messages[{index}].function_call", "function_call is not supported."),
        { Content: null } => new($"messages[{index}].content", "Every message needs content."),
        { Content.Parts: [] } => new($"messages[{index}].content", "content must not be an empty list."),
        _ => message.Content.Parts.Select(p => Check(p, message.Role, $"messages[{index}].content")).FirstOrDefault(e => e is not null),
    };

    private static FieldError? Check(ContentPart part, string role, string field) => part.Type switch
    {
        "text" => null,
        "refusal" => role == "assistant" ? null : new(field, "Parts of the type refusal belong to messages of an assistant."),
        var type => FieldError.Unsupported(field, $"content has a part of the type {type}, which is not supported; text is."),
    };
}
