using System.ComponentModel;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The answer of <c>GET /v1/models</c>.</summary>
public sealed record ModelList(string Object, ModelDescription[] Data);

/// <summary>A model, as a model server tells it and as the gateway passes it on.</summary>
public sealed record ModelDescription(
    [property: Description("The name that requests use.")] string Id,
    [property: Description("Always \"model\".")] string Object,
    [property: Description("When it was found, in Unix seconds.")] long Created,
    string OwnedBy,
    [property: Description("What it does, such as text-classification; null while no version is ready.")] string? Task,
    [property: Description("The version that answers requests for the bare name; null while none is ready.")] string? ActiveVersion,
    ModelVersionDescription[] Versions);

public sealed record ModelVersionDescription(
    string Version,
    [property: Description("loading, ready, deprecated, unloaded or error.")] string State,
    [property: Description("Why it does not serve, when its state is error.")] string? Reason,
    string? Task,
    [property: Description("The precision in use, such as fp32 or int8.")] string? Variant,
    [property: Description("The longest input in tokens, special ones included.")] int? MaxTokens,
    string[]? Labels,
    [property: Description("What to mend although it serves.")] string[]? Warnings = null,
    [property: Description("How a generator chooses tokens where a request does not say, by its own files; absent where they do not say either."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    ModelDefaults? Defaults = null)
{
    public const string Ready = "ready", Loading = "loading", Deprecated = "deprecated", Error = "error", Unloaded = "unloaded";
}

/// <summary>What a model's files say in place of fields that a request leaves out; null where they do not say.</summary>
public sealed record ModelDefaults(
    [property: Description("0: the most likely token each time.")] float? Temperature,
    int? TopK,
    float? TopP,
    float? MinP,
    float? RepetitionPenalty,
    [property: Description("The most tokens of an answer.")] int? MaxTokens);
