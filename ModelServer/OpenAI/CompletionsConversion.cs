using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.OpenAI;

/// <summary>Checks the body of <c>POST /v1/completions</c>, and makes of it what the generator takes.</summary>
internal static class CompletionsConversion
{
    public static FieldError? Validate(this CompletionsRequest request, int maxChoices) => request switch
    {
        { Prompt: null } => FieldError.Required("prompt"),
        { Prompt.Count: 0 } => new("prompt", "prompt must not be empty."),
        { Prompt.HasEmpty: true } => new("prompt", "prompt must not contain empty strings or lists."),
        { Logprobs: not (null or (>= 0 and <= CompletionsRequest.MaxLogprobs)) } => new("logprobs", $"logprobs must be 0 to {CompletionsRequest.MaxLogprobs}."),
        { MaxTokens: < 0 } => new("max_tokens", "max_tokens must be at least 0."),
        { BestOf: { } best } when best != request.Choices => FieldError.Unsupported("best_of", "best_of must equal n: every continuation that is made is answered."),
        { Suffix: not (null or "") } => FieldError.Unsupported("suffix", "suffix is not supported."),
        _ => request.ValidateShared(request.Prompt.Count, maxChoices, request.MaxTokens ?? CompletionsRequest.DefaultTokens),
    };

    public static TextGenerationRequest ToGeneration(this CompletionsRequest request, Caller caller)
        => new TextGenerationRequest(request.Model, _ => Array.ConvertAll(EncoderInput.Of(request.Prompt), p => new TextPrompt(p)), caller, request.ToSamplingOptions(request.Logprobs))
        {
            Choices = request.Choices,
            MaxTokens = request.MaxTokens ?? CompletionsRequest.DefaultTokens,
            MaxTokensField = request.MaxTokens is null ? null : "max_tokens",
            Echo = request.Echo ?? false,
            Grammar = request.ToGrammar(),
        }.WithTextOf(request).LeavingTheRest(request, request.MaxTokens);
}
