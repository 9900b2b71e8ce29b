using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.TokenClassify;

/// <summary>Limits of the token classification route.</summary>
internal sealed class TokenClassifyOptions
{
    public const string SectionName = "TokenClassify";

    /// <summary>Most inputs in one request; what is read in windows counts once.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 1024;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class TokenClassifyOptionsValidator : IValidateOptions<TokenClassifyOptions>;
