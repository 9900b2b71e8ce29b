using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Rerank;

/// <summary>Limits of the reranking route.</summary>
internal sealed class RerankOptions
{
    public const string SectionName = "Rerank";

    /// <summary>Most documents in one request.</summary>
    [Range(1, 1 << 16)]
    public int MaxDocuments { get; set; } = 1024;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class RerankOptionsValidator : IValidateOptions<RerankOptions>;
