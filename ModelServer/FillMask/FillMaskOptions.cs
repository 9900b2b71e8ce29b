using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.FillMask;

/// <summary>Limits of the fill-mask route.</summary>
internal sealed class FillMaskOptions
{
    public const string SectionName = "FillMask";

    /// <summary>Most inputs in one request.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 1024;

    /// <summary>Most targets in one request.</summary>
    [Range(1, 1 << 16)]
    public int MaxTargets { get; set; } = 1024;

    /// <summary>Most tokens that an answer spells out: for each mask and candidate the whole text.</summary>
    [Range(1, 1 << 30)]
    public int MaxAnswerTokens { get; set; } = 4 * 1024 * 1024;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class FillMaskOptionsValidator : IValidateOptions<FillMaskOptions>;
