using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServiceDefaults.Drift;
using ServiceDefaults.Statistics;

namespace ModelServer.Drift;

/// <summary>How the latest requests and answers of a version are compared with the first. Inputs are counted: a request with several counts as often.</summary>
internal sealed class DriftOptions : IValidatableObject
{
    public const string SectionName = "Drift";

    /// <summary>Whether anything is observed.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The most of the latest inputs that are compared. A smaller window notices a shift sooner, a larger one smaller shifts.</summary>
    [Range(50, KolmogorovSmirnov.MostExact)]
    public int Window { get; set; } = 500;

    /// <summary>The first inputs of a version, with which later ones are compared unless a baseline is imported.</summary>
    [Range(100, DriftBaseline.MostValues)]
    public int BaselineSize { get; set; } = 1000;

    /// <summary>The fewest inputs after the baseline that are compared.</summary>
    [Range(10, KolmogorovSmirnov.MostExact)]
    public int MinSamples { get; set; } = 100;

    /// <summary>Inputs from one comparison to the next.</summary>
    [Range(10, 1_000_000)]
    public int LookEvery { get; set; } = 100;

    /// <summary>The chance of a false alarm within <see cref="Horizon"/> inputs.</summary>
    [Range(1e-6, 0.5)]
    public double Alpha { get; set; } = 0.01;

    /// <summary>The inputs whose comparisons share <see cref="Alpha"/>.</summary>
    [Range(100, 1_000_000_000)]
    public int Horizon { get; set; } = 10_000;

    /// <summary>How the p-values of a version's features are adjusted for being several.</summary>
    public Correction Correction { get; set; } = Correction.Holm;

    /// <summary>How often this server looks whether a comparison is due, and for baselines of other servers.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Versions that are remembered at most; of more the one seen longest ago is forgotten. Each takes about 100 KB.</summary>
    [Range(1, 10_000)]
    public int MaxVersions { get; set; } = 100;

    public DriftSettings ToSettings() => new(Window, BaselineSize, MinSamples, LookEvery, Alpha, Horizon, Correction);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinSamples > Window) yield return new($"{nameof(MinSamples)} must not exceed {nameof(Window)}.", [nameof(MinSamples)]);
    }
}

[OptionsValidator]
internal sealed partial class DriftOptionsValidator : IValidateOptions<DriftOptions>;
