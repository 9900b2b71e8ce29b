using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Embed;

/// <summary>Limits of the embeddings route, and what it does with inputs that are too long.</summary>
internal sealed class EmbedOptions
{
    public const string SectionName = "Embed";

    /// <summary>Most inputs in one request; OpenAI's is 2048 as well.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 2048;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether inputs beyond the model's maximum are cut where a request does not say.</summary>
    [EnumDataType(typeof(TruncateDefault))]
    public TruncateDefault Truncate { get; set; } = TruncateDefault.Auto;
}

internal enum TruncateDefault
{
    /// <summary>Where the model's own files truncate (<see cref="EmbeddingModel.Truncates"/>).</summary>
    Auto,

    /// <summary>Always cut.</summary>
    Always,

    /// <summary>Always refused.</summary>
    Never,
}

[OptionsValidator]
internal sealed partial class EmbedOptionsValidator : IValidateOptions<EmbedOptions>;
