using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Gateway.ApiDocs;

/// <summary>The bodies of the generating routes, for the API document alone.</summary>
public abstract record SamplingFields
{
    [Description("0 takes the most likely token each time; above, the more the freer."), Range(0.0, 2.0)]
    public double Temperature { get; init; } = 1;

    [Description("Keeps the most likely tokens that together have this probability."), Range(0.0, 1.0)]
    public double TopP { get; init; } = 1;

    [Description("Keeps so many of the most likely tokens; 0 keeps all.")]
    public int TopK { get; init; }

    [Description("Keeps tokens at least this share as likely as the best one."), Range(0.0, 1.0)]
    public double MinP { get; init; }

    [Description("Above 1, tokens of prompt and answer become less likely."), Range(0.01, 100.0)]
    public double RepetitionPenalty { get; init; } = 1;

    [Description("Taken once from every token already in the answer."), Range(-2.0, 2.0)]
    public double PresencePenalty { get; init; }

    [Description("Taken from a token for each time it is already in the answer."), Range(-2.0, 2.0)]
    public double FrequencyPenalty { get; init; }

    [Description("By token id, -100 to 100, what to add to its logit.")]
    public IReadOnlyDictionary<string, double>? LogitBias { get; init; }

    [Description("Makes the answer repeatable.")]
    public long? Seed { get; init; }

    [Description("At most 4 strings that end the answer and are no part of it.")]
    public StopInput? Stop { get; init; }

    [Description("No end token comes before so many tokens."), Range(0, int.MaxValue)]
    public int MinTokens { get; init; }

    [Description("Go on beyond end tokens.")]
    public bool IgnoreEos { get; init; }
}

public abstract record OpenAIFields : SamplingFields
{
    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    [Description("Answers to each prompt."), Range(1, 128)]
    public int N { get; init; } = 1;

    [Description("Answer as server-sent events, the last of them [DONE].")]
    public bool Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    [Description("Ignored.")]
    public string? User { get; init; }
}

public sealed record StreamOptions([property: Description("End the stream with an event that counts tokens.")] bool IncludeUsage = false);

public sealed record CompletionsRequest(
    [property: Description("One text, a list of texts, one list of token ids, or a list of those."), Required] PromptInput Prompt,
    [property: Description("The most tokens of each answer."), Range(1, int.MaxValue)] int MaxTokens = 16,
    [property: Description("Repeat the prompt in front of the answer.")] bool Echo = false,
    [property: Description("How many likely tokens to tell with each chosen one."), Range(0, 5)] int? Logprobs = null) : OpenAIFields;

public sealed record ChatCompletionsRequest(
    [property: Required, MinLength(1)] ChatMessage[] Messages,
    [property: Description("The most tokens of each answer; without it as many as the model's window has room for."), Range(1, int.MaxValue)] int? MaxCompletionTokens = null,
    [property: Description("Tell the log probability of each token.")] bool Logprobs = false,
    [property: Description("How many likely tokens to tell with each chosen one."), Range(0, 20)] int? TopLogprobs = null) : OpenAIFields;

public sealed record ChatMessage(
    [property: AllowedValues("system", "developer", "user", "assistant"), Required] string Role,
    [property: Description("A text, or parts of the type text."), Required] MessageContent Content);

public sealed record TextCompletion(string Id, string Object, long Created, string Model, string SystemFingerprint, TextCompletionChoice[] Choices, CompletionUsage Usage);

public sealed record TextCompletionChoice(int Index, string Text, [property: Description("stop or length.")] string FinishReason);

public sealed record ChatCompletion(string Id, string Object, long Created, string Model, string SystemFingerprint, ChatCompletionChoice[] Choices, CompletionUsage Usage);

public sealed record ChatCompletionChoice(int Index, ChatAnswer Message, [property: Description("stop or length.")] string FinishReason);

public sealed record ChatAnswer(string Role, string Content);

public sealed record CompletionUsage(int PromptTokens, int CompletionTokens, int TotalTokens);

public sealed record GenerateRequest(
    [property: Required, MinLength(1)] string Text,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("The most tokens to generate; fewer where the model's window ends first."), Range(1, int.MaxValue)] int MaxLength = 128) : SamplingFields;

public sealed record GenerateResponse(
    [property: Description("What follows the text; the text itself is not repeated.")] string GeneratedText,
    [property: Description("Seconds in the model server.")] double InferenceTime,
    string Model,
    string ModelVersion,
    string RequestId);

public sealed record BatchGenerateRequest(
    [property: Required, MinLength(1)] GenerateRequest[] Requests,
    [property: Description("Repeated in the answer.")] string? BatchId = null);

public sealed record BatchGenerateResponse(
    BatchGenerateResult[] Results,
    string BatchId,
    [property: Description("How many were answered without an error.")] int ProcessedCount);

[Description("An answer, or an error.")]
public sealed record BatchGenerateResult(string RequestId, string? GeneratedText, double? InferenceTime, string? Model, string? ModelVersion, ApiErrorDetail? Error);

/// <summary>Stands for <c>string | string[] | int[] | int[][]</c>.</summary>
public sealed record PromptInput;

/// <summary>Stands for <c>string | string[]</c>.</summary>
public sealed record StopInput;

/// <summary>Stands for <c>string | [{type, text}]</c>.</summary>
public sealed record MessageContent;
