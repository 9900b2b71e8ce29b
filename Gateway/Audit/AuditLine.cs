using System.Text.Json.Serialization;

namespace Gateway.Audit;

/// <summary>What the audit log says about one request.</summary>
/// <param name="Time">When it came.</param>
/// <param name="RequestId">Null for what was no request.</param>
/// <param name="Remote">The address it came from: the client's, or that of a proxy in front.</param>
/// <param name="Subject">Whom the token names; null where nobody was recognised.</param>
/// <param name="TokenId">The token's <c>jti</c>, or the id of the API key.</param>
/// <param name="Model">The model that answered, or the one that the request named.</param>
/// <param name="Refused">Why the token or the key was not believed, or why the request could not be read; never what it held.</param>
/// <param name="Milliseconds">Until the last byte of the answer was sent.</param>
/// <param name="BodySha256">Of a request body up to 1 MB, in hexadecimal.</param>
internal sealed record AuditLine(
    DateTimeOffset Time, string? RequestId, string? Remote, string? Subject, string? TokenId, string? Method, string Route, string? Model, string? ModelVersion,
    int Status, string? Refused, string? Cache, long? PromptTokens, long? CompletionTokens, double Milliseconds, string? BodySha256)
{
    /// <summary>Returns the fields that are set as attributes of a log record.</summary>
    public KeyValuePair<string, object?>[] Attributes() => [.. All().Where(a => a.Value is not null)];

    private IEnumerable<KeyValuePair<string, object?>> All() =>
    [
        new("audit.time", Time.ToString("O")), new("audit.request_id", RequestId), new("audit.remote", Remote), new("audit.subject", Subject), new("audit.token_id", TokenId),
        new("audit.method", Method), new("audit.route", Route), new("audit.model", Model), new("audit.model_version", ModelVersion), new("audit.status", Status),
        new("audit.refused", Refused), new("audit.cache", Cache), new("audit.prompt_tokens", PromptTokens), new("audit.completion_tokens", CompletionTokens),
        new("audit.milliseconds", Milliseconds), new("audit.body_sha256", BodySha256),
    ];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
