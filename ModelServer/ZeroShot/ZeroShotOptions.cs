using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.ZeroShot;

/// <summary>Limits of the route for zero-shot classification.</summary>
internal sealed class ZeroShotOptions
{
    public const string SectionName = "ZeroShot";

    /// <summary>The longest template, in UTF-16 units: it is there once for each label.</summary>
    public const int LongestTemplate = 1024;

    /// <summary>The most inputs times labels of one request: each pair is read by the model.</summary>
    [Range(1, 1 << 16)]
    public int MaxPairs { get; set; } = 1024;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class ZeroShotOptionsValidator : IValidateOptions<ZeroShotOptions>;
