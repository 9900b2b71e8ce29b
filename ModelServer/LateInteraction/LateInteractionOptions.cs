using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.LateInteraction;

/// <summary>Limits of the route for token vectors.</summary>
internal sealed class LateInteractionOptions
{
    public const string SectionName = "LateInteraction";

    /// <summary>Most inputs in one request. The answer to one has about 200 KB as numbers.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 256;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class LateInteractionOptionsValidator : IValidateOptions<LateInteractionOptions>;
