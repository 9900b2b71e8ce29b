using System.ComponentModel;

namespace Gateway.ApiDocs;

/// <summary>The answer of <c>GET /</c>.</summary>
public sealed record Home(string Name, string Version, IReadOnlyDictionary<string, string> Links);

/// <summary>The answer of <c>/alive</c> and <c>/ready</c>.</summary>
public sealed record Probe(string Status);

/// <summary>The answer of <c>GET /v1/models</c>.</summary>
public sealed record ModelList(string Object, ModelDescription[] Data);

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
    string[]? Labels);

/// <summary>RFC 9457 problem details: errors outside /v1 and /v2.</summary>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: Description("The field at fault.")] string? Param = null,
    [property: Description("A stable word for programs, such as model_not_found.")] string? Code = null,
    [property: Description("The x-request-id of the answer.")] string? RequestId = null);

/// <summary>The OpenAI error object: errors under /v1.</summary>
public sealed record ApiErrorBody(ApiErrorDetail Error);

public sealed record ApiErrorDetail(string Message, string Type, string? Param, string? Code);

/// <summary>Errors under /v2.</summary>
public sealed record InferenceError(string Error);
