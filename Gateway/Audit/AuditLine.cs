using System.Text.Json.Serialization;

namespace Gateway.Audit;

/// <summary>One request.</summary>
/// <param name="Time">When it came.</param>
/// <param name="Subject">The token's <c>sub</c>; null where nobody was recognised.</param>
/// <param name="TokenId">The token's <c>jti</c>, or the id of the API key.</param>
/// <param name="Model">The model that answered, or the one that the request named.</param>
/// <param name="Milliseconds">Until the last byte of the answer was sent.</param>
/// <param name="BodySha256">Of a request body up to 1 MB, in hexadecimal.</param>
internal sealed record AuditLine(
    DateTimeOffset Time, string RequestId, string? Subject, string? TokenId, string Method, string Route, string? Model, string? ModelVersion,
    int Status, string? Cache, long? PromptTokens, long? CompletionTokens, double Milliseconds, string? BodySha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
