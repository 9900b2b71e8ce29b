using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Embed;

/// <summary>Limits of the embeddings route.</summary>
internal sealed class EmbedOptions
{
    public const string SectionName = "Embed";

    /// <summary>Most inputs in one request; OpenAI's is 2048 as well.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 2048;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class EmbedOptionsValidator : IValidateOptions<EmbedOptions>;
