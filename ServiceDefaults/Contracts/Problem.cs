using System.ComponentModel;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>RFC 9457 problem details: errors of routes that follow no other server.</summary>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: Description("The field at fault."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Param = null,
    [property: Description("A stable word for programs, such as model_not_found."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: Description("The x-request-id of the answer."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RequestId = null);

/// <summary>OpenAI's error object: the whole answer to a failed request under /v1, or the last event of a stream.</summary>
public sealed record ApiErrorBody(ApiErrorDetail Error);

/// <summary>What is wrong, alone or among the answers to a batch.</summary>
public sealed record ApiErrorDetail(string Message, string Type, string? Param, string? Code);

/// <summary>Errors under /v2.</summary>
public sealed record InferenceError(string Error);

/// <summary>Errors of <c>/v2/rerank</c>.</summary>
public sealed record CohereError(string Message, [property: Description("The x-request-id of the answer.")] string? Id);

/// <summary>Errors of the routes that Text Embeddings Inference and Text Generation Inference have.</summary>
public sealed record HuggingFaceError(
    string Error,
    [property: Description("Validation, Overloaded, Unhealthy or Backend; validation, overloaded or generation where text is generated.")] string ErrorType);
