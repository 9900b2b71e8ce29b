using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.Decoders;
using ModelServer.Requests;
using ModelServer.Sampling;

namespace ModelServer.OpenAI;

/// <summary>The answer of a completion route, or one event of its stream.</summary>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The model's name, whatever version answered.</param>
/// <param name="SystemFingerprint">Changes whenever a seed may give another text.</param>
/// <param name="Choices">Empty in the event that tells the usage.</param>
internal sealed record Completion<TChoice>(
    string Id,
    string Object,
    long Created,
    string Model,
    string SystemFingerprint,
    TChoice[] Choices,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CompletionUsage? Usage);

internal sealed record CompletionUsage(int PromptTokens, int CompletionTokens, int TotalTokens);

internal sealed record TextChoiceBody(int Index, string Text, TextLogprobsBody? Logprobs, string? FinishReason);

/// <param name="TopLogprobs">By token; the chosen one is always among them. Null where none were asked for.</param>
/// <param name="TextOffset">Where each token begins, in Unicode code points.</param>
internal sealed record TextLogprobsBody(string[] Tokens, float[] TokenLogprobs, Dictionary<string, float>[]? TopLogprobs, int[] TextOffset);

internal sealed record ChatChoiceBody(int Index, ChatAnswer Message, ChatLogprobsBody? Logprobs, string FinishReason);

internal sealed record ChatAnswer(string Content, string Role = "assistant", string? Refusal = null);

internal sealed record ChatDeltaBody(int Index, ChatDelta Delta, ChatLogprobsBody? Logprobs, string? FinishReason);

/// <param name="Role">In a choice's first event alone.</param>
internal sealed record ChatDelta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content);

internal sealed record ChatLogprobsBody(ChatLogprob[] Content, string? Refusal = null);

/// <param name="Bytes">The token's text in UTF-8.</param>
internal sealed record ChatLogprob(string Token, float Logprob, int[] Bytes, ChatTopLogprob[] TopLogprobs);

internal sealed record ChatTopLogprob(string Token, float Logprob, int[] Bytes);

[JsonSerializable(typeof(Completion<TextChoiceBody>))]
[JsonSerializable(typeof(Completion<ChatChoiceBody>))]
[JsonSerializable(typeof(Completion<ChatDeltaBody>))]
internal sealed partial class OpenAIJson : JsonSerializerContext
{
    /// <summary>Leaves letters of any script readable: these bodies are never part of a page.</summary>
    public static OpenAIJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
