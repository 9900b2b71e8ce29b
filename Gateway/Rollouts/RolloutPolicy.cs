using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Rollouts;

/// <summary>How long a new version is waited for and watched, and what makes the platform take it back.</summary>
internal sealed class RolloutPolicy
{
    public const string SectionName = "RolloutPolicy";

    /// <summary>How long a version is compared with the one before after it has become the active one, and taken back by itself when it is worse.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan Probation { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the model servers may take, all together, until a version is ready on each of them; after that the load has failed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LoadPatience { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The requests, or compared answers of a shadow, that a version under trial must have had before it is judged by its errors or its answers.</summary>
    [Range(1, 1_000_000)]
    public int MinRequests { get; set; } = 50;

    /// <summary>The part of its requests that a version under trial may fail beyond the part that the active one fails. It is taken back when chance explains
    /// what is more in one of a hundred cases at most: not for 1 of 50, for 6 of 50 where the active one fails none.</summary>
    [Range(0.0, 1.0)]
    public double MaxErrorRate { get; set; } = 0.02;

    /// <summary>The measured requests that both versions must have before their times are compared.</summary>
    [Range(1, 1_000_000)]
    public int MinLatencyRequests { get; set; } = 100;

    /// <summary>How many times as long as the active version's the engine's times of a version under trial may be, at the median and at the fastest tenth.</summary>
    [Range(1.0, 1000.0)]
    public double MaxLatencyRatio { get; set; } = 1.5;

    /// <summary>The part of its answers in which a shadow must agree with the active version. It ends when chance explains fewer in one of a hundred cases at most.</summary>
    [Range(0.0, 1.0)]
    public double MinAgreement { get; set; } = 0.95;
}

[OptionsValidator]
internal sealed partial class RolloutPolicyValidator : IValidateOptions<RolloutPolicy>;
