using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>What both completion routes take. Of fields that are not known those that other servers give a meaning are refused; the rest is ignored: clients
/// of that API grow new ones.</summary>
public abstract record OpenAIFields : StructuredOutputFields
{
    public abstract int? MaxTokens { get; init; }

    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    [Description("Answers to each prompt."), Range(1, 128)]
    public int? N { get; init; }

    [Description("Answer as server-sent events, the last of them [DONE].")]
    public bool? Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    [Description("Ignored.")]
    public string? User { get; init; }

    /// <summary>Fields that are not known.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary><see cref="N"/>, or its default.</summary>
    [JsonIgnore]
    public int Choices => N ?? 1;
}

public sealed record StreamOptions([property: Description("End the stream with an event that counts tokens."), DefaultValue(false)] bool? IncludeUsage = null);
