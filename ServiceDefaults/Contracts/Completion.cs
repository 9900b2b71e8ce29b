using System.ComponentModel;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The answer of a completion route, or one event of its stream.</summary>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The model's name, whatever version answered.</param>
/// <param name="SystemFingerprint">Changes whenever a seed may give another text.</param>
/// <param name="Choices">Empty in the event that tells the usage.</param>
/// <param name="Usage">In a stream that was asked for it null in every event but the last; in others left out.</param>
public sealed record Completion<TChoice>(
    string Id,
    string Object,
    long Created,
    string Model,
    string SystemFingerprint,
    TChoice[] Choices,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CompletionUsage Usage);

public sealed record CompletionUsage(int PromptTokens, int CompletionTokens, int TotalTokens)
{
    public PromptTokensDetails PromptTokensDetails { get; init; } = new(0);
}

public sealed record PromptTokensDetails(
    [property: Description("Tokens of the prompt that were read for an earlier request and not again; prompt_tokens counts them too.")] int CachedTokens);

/// <param name="FinishReason">Null in a stream until the choice's last event.</param>
public sealed record TextCompletionChoice(
    int Index,
    string Text,
    [property: Description("Where the request asks for them.")] TextLogprobs? Logprobs,
    [property: Description("stop or length.")] string FinishReason);

public sealed record TextLogprobs(
    string[] Tokens,
    [property: Description("Null for the first token of a prompt.")] float?[] TokenLogprobs,
    [property: Description("By token; the chosen one is always among them. Null where none were asked for, and for the first token of a prompt.")]
    Dictionary<string, float>?[]? TopLogprobs,
    [property: Description("Where each token begins, in Unicode code points from the beginning of the prompt, repeated or not.")] int[] TextOffset);

public sealed record ChatCompletionChoice(
    int Index,
    ChatAnswer Message,
    [property: Description("Where the request asks for them.")] ChatLogprobs? Logprobs,
    [property: Description("stop, length or tool_calls; where the request has functions, function_call.")] string FinishReason);

public sealed record ChatAnswer(
    [property: Description("Null where the answer calls tools and says nothing.")] string? Content,
    string Role,
    [property: Description("Always null.")] string? Refusal)
{
    [Description("What the model thought before it answered."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }

    [Description("The calls that the model makes; their arguments are JSON text as it wrote it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatToolCall[]? ToolCalls { get; init; }

    [Description("The call that the model makes, where the request has functions."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatFunctionCall? FunctionCall { get; init; }
}

/// <summary>A choice's part in one event of a stream.</summary>
/// <param name="FinishReason">Null until the choice's last event.</param>
public sealed record ChatCompletionDelta(int Index, ChatDelta Delta, ChatLogprobs? Logprobs, string? FinishReason);

/// <param name="Role">In a choice's first event alone.</param>
public sealed record ChatDelta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }

    /// <summary>One call: it begins with its id and name, the next parts of its arguments have its index alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatToolCallDelta[]? ToolCalls { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatFunctionCallDelta? FunctionCall { get; init; }
}

public sealed record ChatLogprobs(ChatLogprob[] Content, [property: Description("Always null.")] string? Refusal)
{
    internal const string Bytes = "The token's own bytes: those of several tokens may make up one character.";
}

public sealed record ChatLogprob(string Token, float Logprob, [property: Description(ChatLogprobs.Bytes)] int[] Bytes, ChatTopLogprob[] TopLogprobs);

public sealed record ChatTopLogprob(string Token, float Logprob, [property: Description(ChatLogprobs.Bytes)] int[] Bytes);
