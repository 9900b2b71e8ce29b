using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>How what a version gets and answers compares with what it got and answered at first.</summary>
public sealed record DriftReport(
    string Model,
    string Version,
    string? Task,
    [property: Description("collecting, watching or alarm.")] string State,
    [property: Description("Model servers whose observations are in it.")] int Replicas,
    [property: Description("Inputs observed since the baseline began, or since it was imported or shared.")] long Observations,
    DriftSpan Baseline,
    DriftSpan Window,
    DriftRule Rule,
    [property: Description("Empty while there is too little to compare.")] FeatureDrift[] Features,
    [property: Description("By predicted label; null where the model has none.")] LabelDrift[]? Labels,
    [property: Description("The version that answered before, or beside; null where there was none.")] VersionComparison? ComparedWith,
    [property: Description("What feedback says; null where there was none.")] DriftQuality? Quality);

/// <param name="Samples">Observations in it.</param>
/// <param name="Of">Observations that it takes.</param>
public sealed record DriftSpan(
    int Samples,
    int Of,
    [property: Description("When the first of them was made; null where that is not known.")] DateTimeOffset? From,
    [property: Description("When the last of them was made, or when the baseline was stored.")] DateTimeOffset? To);

public sealed record DriftRule(
    [property: Description("The chance of a false alarm within horizon observations.")] double Alpha,
    int Horizon,
    [property: Description("Observations from one comparison to the next; in between the report stays the same.")] int LookEvery,
    [property: Description("What an adjusted p-value must not exceed for an alarm.")] double Threshold,
    [property: Description("holm, bonferroni, benjamini_hochberg or none.")] string Correction);

public sealed record FeatureDrift(
    [property: Description("confidence, norm, score, length, unknown_share, output_length or class.")] string Feature,
    [property: Description("kolmogorov_smirnov or chi_square.")] string Test,
    double Statistic,
    double PValue,
    double AdjustedPValue,
    [property: Description("The population stability index: how far it has moved.")] double Psi,
    [property: Description("Null for classes.")] double? BaselineMean,
    [property: Description("Null for classes.")] double? WindowMean,
    bool Alarm);

public sealed record LabelDrift(string Label, double BaselineShare, double WindowShare, double? BaselineConfidence, double? WindowConfidence);

/// <summary>The window of another version, compared with this one's. It raises no alarm: another model has other scores.</summary>
public sealed record VersionComparison(string Version, int Samples, FeatureDrift[] Features);

public sealed record DriftQuality(
    [property: Description("Inputs with feedback.")] long Samples,
    double Accuracy,
    [property: Description("By the label that is right, the labels that were predicted.")] Dictionary<string, Dictionary<string, long>> Confusion,
    [property: Description("The expected calibration error, over ten bins of confidence.")] double CalibrationError);

/// <summary>What later observations are compared with, to be kept and brought back.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DriftBaseline(
    [property: Description("Sorted or not; at least 10 and at most 10,000 numbers for each feature."), Required] Dictionary<string, float[]> Features,
    [property: Description("By predicted label; null where the model has none.")] Dictionary<string, LabelBaseline>? Labels = null,
    [property: Description("Ignored in a request.")] string? Model = null,
    [property: Description("Ignored in a request.")] string? Version = null,
    [property: Description("Ignored in a request.")] DateTimeOffset? StoredAt = null)
{
    public const int LeastValues = 10, MostValues = 10_000;
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LabelBaseline([property: Range(0, int.MaxValue)] long Count, double? MeanConfidence = null);
