using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.Generate;
using ServiceDefaults;

namespace ModelServer.OpenAI;

/// <summary>What both completion routes take. Fields that are not known are ignored: clients of that API grow new ones.</summary>
internal abstract record OpenAIRequest : SamplingFields
{
    public string? Model { get; init; }

    public int? N { get; init; }

    public int? MaxTokens { get; init; }

    public bool? Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    /// <summary>Read for its type only.</summary>
    public string? User { get; init; }

    [JsonIgnore]
    public int Choices => N ?? 1;

    [JsonIgnore]
    public bool TellsUsage => StreamOptions?.IncludeUsage ?? false;

    protected ApiError? ValidateShared(int prompts, int maxChoices, int? maxTokens) => this switch
    {
        { N: < 1 } => Invalid("n", "n must be at least 1."),
        _ when (long)Choices * prompts > maxChoices => Invalid("n", $"The request asks for {(long)Choices * prompts} continuations; at most {maxChoices} are allowed."),
        { MaxTokens: < 1 } => Invalid("max_tokens", "max_tokens must be at least 1."),
        { StreamOptions: not null, Stream: not true } => Invalid("stream_options", "stream_options goes with stream alone."),
        _ => ValidateSampling(maxTokens),
    };

    /// <summary>A field that means something here, but nothing that this server can do.</summary>
    protected static ApiError Unsupported(string param, string message) => new(422, message) { Param = param, Code = "unsupported_parameter" };

    /// <summary>Whether a field says anything: null, false, an empty list or object do not.</summary>
    protected static bool IsSet(JsonElement? field) => field is { } value && value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };
}

/// <param name="IncludeUsage">End the stream with an event that counts tokens.</param>
internal sealed record StreamOptions(bool? IncludeUsage);
