using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.SparseEmbed;

/// <summary>Limits of the routes for sparse vectors.</summary>
internal sealed class SparseEmbedOptions
{
    public const string SectionName = "SparseEmbed";

    /// <summary>Most inputs in one request.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 2048;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class SparseEmbedOptionsValidator : IValidateOptions<SparseEmbedOptions>;
