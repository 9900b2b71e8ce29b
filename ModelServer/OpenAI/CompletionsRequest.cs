using System.Text.Json.Serialization;
using ModelServer.Generation;
using ModelServer.Requests;
using ModelServer.Sampling;
using ServiceDefaults;

namespace ModelServer.OpenAI;

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionsRequest : OpenAIRequest
{
    private const int DefaultTokens = 16, MaxLogprobs = 5;

    [JsonConverter(typeof(EncoderInputsConverter))]
    public EncoderInput[]? Prompt { get; init; }

    public int? Logprobs { get; init; }

    public bool? Echo { get; init; }

    public int? BestOf { get; init; }

    public string? Suffix { get; init; }

    public ApiError? Validate(int maxChoices) => this switch
    {
        { Prompt: null } => Required("prompt"),
        { Prompt: [] } => Invalid("prompt", "prompt must not be empty."),
        _ when Prompt.Any(p => p is TextInput { Text: "" } or TokenInput { Ids: [] }) => Invalid("prompt", "prompt must not contain empty strings or lists."),
        { Logprobs: not (null or (>= 0 and <= MaxLogprobs)) } => Invalid("logprobs", $"logprobs must be 0 to {MaxLogprobs}."),
        { Echo: true, Logprobs: not null } => Unsupported("echo", "echo does not go with logprobs: no log probabilities are computed for prompts."),
        { BestOf: { } best } when best != Choices => Unsupported("best_of", "best_of must equal n: all continuations are answered."),
        { Suffix: not (null or "") } => Unsupported("suffix", "suffix is not supported."),
        _ => ValidateShared(Prompt.Length, maxChoices, MaxTokens ?? DefaultTokens),
    };

    public TextGenerationRequest ToGeneration(Caller caller) => new(Model, _ => Array.ConvertAll(Prompt!, p => new TextPrompt(p)), caller, ToSamplingOptions(Logprobs))
    {
        Choices = Choices,
        MaxTokens = MaxTokens ?? DefaultTokens,
        MinTokens = MinTokens ?? 0,
        IgnoreEndTokens = IgnoreEos ?? false,
        Stops = Stop ?? [],
    };
}
