using System.Text.Json.Serialization;

namespace ModelServer.LateInteraction;

/// <summary>What PyLate adds to <c>config_sentence_transformers.json</c>.</summary>
internal sealed record PyLateConfig(
    string? QueryPrefix, string? DocumentPrefix, int? QueryLength, int? DocumentLength, bool? AttendToExpansionTokens, bool? DoQueryExpansion, string[]? SkiplistWords);

/// <summary><c>artifact.metadata</c>, as ColBERT's authors write it.</summary>
internal sealed record ColBertArtifact(
    string? QueryTokenId, string? DocTokenId, int? QueryMaxlen, int? DocMaxlen, bool? AttendToMaskTokens, bool? MaskPunctuation, int? Dim, string? Similarity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PyLateConfig))]
[JsonSerializable(typeof(ColBertArtifact))]
internal sealed partial class LateInteractionJson : JsonSerializerContext;
