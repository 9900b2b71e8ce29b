using System.ComponentModel;

namespace Gateway.ApiDocs;

/// <summary>The answer of <c>GET /</c>.</summary>
public sealed record Home(string Name, string Version, IReadOnlyDictionary<string, string> Links);

/// <summary>The answer of <c>/alive</c> and <c>/ready</c>.</summary>
public sealed record Probe(string Status);

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
