using System.ComponentModel;

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
    [property: Description("What to mend although it serves.")] string[]? Warnings = null)
{
    public const string Ready = "ready", Loading = "loading", Deprecated = "deprecated", Error = "error", Unloaded = "unloaded";
}
