using System.Text.Json.Serialization;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Drift;

/// <summary>What one model server has seen of a model, told to gateways. Whoever merges several gets what one that had seen everything would tell.</summary>
/// <param name="ActiveVersion">What the bare name means there; null while no version is ready.</param>
public sealed record ReplicaDrift(string Model, string? ActiveVersion, DriftSettings Settings, VersionDrift[] Versions);

/// <param name="Labels">The model's labels; empty where it does not classify.</param>
/// <param name="Seen">Observations since the beginning; those since <see cref="Stored"/> where that is not null.</param>
/// <param name="Early">The first observations, up to the size of a baseline; empty where one is stored.</param>
/// <param name="Recent">The last of the <see cref="Seen"/>, as many as a window and the distance of two looks.</param>
/// <param name="Stored">A baseline that was completed and shared, or imported.</param>
public sealed record VersionDrift(string Version, string? Task, string[] Labels, long Seen, DriftRows Early, DriftRows Recent, DriftBaseline? Stored, QualityCounts? Quality);

/// <summary>Observations, oldest first.</summary>
/// <param name="At">When, in ticks of UTC.</param>
/// <param name="Features">By name, a number for each observation.</param>
/// <param name="Labels">The label that was predicted, by index; -1 for none.</param>
public sealed record DriftRows(long[] At, Dictionary<string, float[]> Features, int[] Labels)
{
    public static readonly DriftRows Empty = new([], [], []);

    [JsonIgnore]
    public int Count => At.Length;
}

/// <summary>What feedback says of a version: sums, so that those of several model servers can be added.</summary>
/// <param name="Bins">By tenths of confidence.</param>
public sealed record QualityCounts(long Samples, long Correct, ConfusionCount[] Confusion, CalibrationBin[] Bins);

public sealed record ConfusionCount(string True, string Predicted, long Count);

/// <param name="Confidence">The sum of the confidences.</param>
public sealed record CalibrationBin(long Samples, long Correct, double Confidence);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplicaDrift))]
[JsonSerializable(typeof(DriftBaseline))]
[JsonSerializable(typeof(FeedbackRequest))]
public sealed partial class DriftJson : JsonSerializerContext;
