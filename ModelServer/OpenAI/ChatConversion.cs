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
        _ when ChatMessages.Validate(request.Messages) is { } error => error,
        _ when request.ValidateTools() is { } error => error,
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

    public static ChatRequest ToChat(this ChatCompletionsRequest request) => new(request.ToConversation())
    {
        ToolChoice = request.ToToolChoice(),
        // The older form has room for one.
        CallsInParallel = (request.ParallelToolCalls ?? true) && !request.UsesFunctions(),
        Format = request.ToOutputFormat(),
    };

    public static TextGenerationRequest ToGeneration(this ChatCompletionsRequest request, ChatRequest chat, Caller caller)
        => (chat.ToGeneration(request.Model, caller, request.ToSamplingOptions(request.Logprobs == true ? request.TopLogprobs ?? 0 : null)) with
        {
            Choices = request.Choices,
            MaxTokens = request.MaxCompletionTokens ?? request.MaxTokens,
            MaxTokensField = request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens",
            Field = "messages",
        }).WithTextOf(request).LeavingTheRest(request, request.MaxCompletionTokens ?? request.MaxTokens);

    private static Conversation ToConversation(this ChatCompletionsRequest request) => new(ChatMessages.ToTurns(request.Messages))
    {
        Tools = request.ToDefinitions(),
        Documents = request.Documents,
        Arguments = request.ChatTemplateKwargs,
        AddsPrompt = request.AddGenerationPrompt ?? true,
        ContinuesLastTurn = request.ContinueFinalMessage ?? false,
    };
}
