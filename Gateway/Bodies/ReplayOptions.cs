using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Bodies;

/// <summary>How much of a request body is kept.</summary>
internal sealed class ReplayOptions
{
    public const string SectionName = "Proxy";

    /// <summary>The most that is ever kept of a body.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The largest body, in bytes, kept in memory so that the request can be sent again; 0 keeps none. Larger ones stream through and are tried once.</summary>
    [Range(0, MaxBytes)]
    public int ReplayBytes { get; set; } = 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class ReplayOptionsValidator : IValidateOptions<ReplayOptions>;
