using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Draining;

/// <summary>Configures how a service leaves when it is told to stop.</summary>
public sealed class DrainOptions
{
    public const string SectionName = "Drain";

    /// <summary>How long the service goes on listening, unready, so that whoever sends it requests notices before its door closes.
    /// Two seconds, two probes of the gateway; none in development.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Notice { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long leaving may take in all, the notice included. Requests that still run then are cut off; a deployment's grace period must be longer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class DrainOptionsValidator : IValidateOptions<DrainOptions>;
