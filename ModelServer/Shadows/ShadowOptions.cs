using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Shadows;

/// <summary>How versions answer beside the active one without anybody getting their answers.</summary>
internal sealed class ShadowOptions
{
    public const string SectionName = "Shadow";

    /// <summary>Requests that wait to be asked again, of each trial; those that come on top are dropped and counted.</summary>
    [Range(1, 4096)]
    public int QueuedRequests { get; set; } = 64;

    /// <summary>Requests are dropped while more sequences than these wait for the other versions of the server: a shadow has what is left of it.</summary>
    [Range(0, 1 << 20)]
    public int MaxWaiting { get; set; } = 8;

    /// <summary>The least cosine of two embeddings that say the same.</summary>
    [Range(-1, 1)]
    public double MinCosine { get; set; } = 0.99;
}

[OptionsValidator]
internal sealed partial class ShadowOptionsValidator : IValidateOptions<ShadowOptions>;
