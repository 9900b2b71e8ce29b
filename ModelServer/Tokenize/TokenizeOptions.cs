using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Tokenize;

/// <summary>Limits of the tokenize and detokenize routes.</summary>
internal sealed class TokenizeOptions
{
    public const string SectionName = "Tokenization";

    /// <summary>Longest text and pair together, in UTF-16 units.</summary>
    [Range(1, 1 << 28)]
    public int MaxCharacters { get; set; } = 1 << 20;

    /// <summary>Most ids in one request.</summary>
    [Range(1, 1 << 28)]
    public int MaxIds { get; set; } = 1 << 18;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class TokenizeOptionsValidator : IValidateOptions<TokenizeOptions>;
