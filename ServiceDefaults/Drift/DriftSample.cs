using ServiceDefaults.Contracts;

namespace ServiceDefaults.Drift;

/// <summary>Observations without their order: sorted values by feature, and counts by label.</summary>
/// <param name="Counts">By the version's labels, predicted ones.</param>
/// <param name="Confidence">The mean confidence by label; null where nothing predicted it, or where it is not known.</param>
public sealed record DriftSample(int Count, Dictionary<string, float[]> Features, long[] Counts, double?[] Confidence)
{
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public static DriftSample Empty(int labels) => new(0, [], new long[labels], new double?[labels]);

    /// <summary>Takes observations that lie next to each other.</summary>
    public static DriftSample Of(DriftRows rows, int start, int count, int labels)
    {
        if (count == 0) return Empty(labels);
        var (counts, sums) = (new long[labels], new double[labels]);
        var confidence = rows.Features.GetValueOrDefault(DriftFeatures.Confidence);
        for (var i = start; i < start + count; i++)
        {
            if ((uint)rows.Labels[i] >= (uint)labels) continue;
            counts[rows.Labels[i]]++;
            if (confidence is not null) sums[rows.Labels[i]] += confidence[i];
        }

        var features = rows.Features.ToDictionary(f => f.Key, f => Sorted(f.Value.AsSpan(start, count)), StringComparer.Ordinal);
        return new(count, features, counts, [.. counts.Select((n, i) => n == 0 || confidence is null ? (double?)null : sums[i] / n)])
        {
            From = new DateTimeOffset(rows.At[start], TimeSpan.Zero),
            To = new DateTimeOffset(rows.At[start + count - 1], TimeSpan.Zero),
        };
    }

    /// <param name="labels">The version's.</param>
    public static DriftSample Of(DriftBaseline stored, string[] labels) => new(
        stored.Features.Values.Select(v => v.Length).DefaultIfEmpty().Max(),
        stored.Features.ToDictionary(f => f.Key, f => Sorted(f.Value), StringComparer.Ordinal),
        Array.ConvertAll(labels, l => stored.Labels?.GetValueOrDefault(l)?.Count ?? 0),
        Array.ConvertAll(labels, l => stored.Labels?.GetValueOrDefault(l)?.MeanConfidence))
    {
        To = stored.StoredAt,
    };

    public DriftBaseline ToBaseline(string model, string version, string[] labels, DateTimeOffset? at) => new(
        Features,
        labels is [] ? null : Enumerable.Range(0, labels.Length).ToDictionary(i => labels[i], i => new LabelBaseline(Counts[i], Confidence[i]), StringComparer.Ordinal),
        model,
        version,
        at);

    private static float[] Sorted(ReadOnlySpan<float> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}

/// <summary>What is watched, by name.</summary>
public static class DriftFeatures
{
    public const string Confidence = "confidence", Norm = "norm", Score = "score", Length = "length", UnknownShare = "unknown_share", OutputLength = "output_length", Class = "class";

    /// <summary>Those that have a number for each observation.</summary>
    public static readonly string[] Numeric = [Confidence, Norm, Score, Length, UnknownShare, OutputLength];
}
