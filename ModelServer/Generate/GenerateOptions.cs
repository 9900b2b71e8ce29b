using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Generate;

/// <summary>Limits of the routes for text generation.</summary>
internal sealed class GenerateOptions
{
    public const string SectionName = "Generate";

    /// <summary>Most requests in one body of <c>/v1/batch-generate</c>.</summary>
    [Range(1, 1024)]
    public int MaxBatchRequests { get; set; } = 64;

    /// <summary>Largest body of <c>/v1/generate</c>, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long GenerateBodyBytes { get; set; } = 200 * 1024;

    /// <summary>Largest body of <c>/v1/batch-generate</c>, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BatchBodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class GenerateOptionsValidator : IValidateOptions<GenerateOptions>;
