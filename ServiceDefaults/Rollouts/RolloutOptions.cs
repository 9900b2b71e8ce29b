using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Rollouts;

/// <summary>Where what is active is kept, beside Redis.</summary>
public sealed class RolloutOptions
{
    public const string SectionName = "Rollouts";

    /// <summary>A folder that all services of this machine share: it holds the documents where there is no Redis, and else a copy for the time Redis is away.
    /// Null: without Redis nothing can be rolled out, and each model's highest ready version answers.</summary>
    public string? Folder { get; set; }

    /// <summary>How often a service looks for changes that it was not told of.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a starting model server waits to hear what is active before it serves the highest ready versions.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(3);
}

[OptionsValidator]
public sealed partial class RolloutOptionsValidator : IValidateOptions<RolloutOptions>;
