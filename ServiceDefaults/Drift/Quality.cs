using ServiceDefaults.Contracts;

namespace ServiceDefaults.Drift;

/// <summary>What feedback to several model servers says together.</summary>
internal static class Quality
{
    /// <returns>Null where there was no feedback.</returns>
    public static DriftQuality? Of(IReadOnlyList<QualityCounts> parts)
    {
        var samples = parts.Sum(p => p.Samples);
        if (samples == 0) return null;
        var confusion = parts.SelectMany(p => p.Confusion)
            .GroupBy(c => c.True, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.GroupBy(c => c.Predicted, StringComparer.Ordinal).ToDictionary(p => p.Key, p => p.Sum(c => c.Count), StringComparer.Ordinal), StringComparer.Ordinal);
        var error = 0.0;
        for (var bin = 0; bin < parts[0].Bins.Length; bin++)
        {
            // Each bin by its part of all: the difference of how often it is right and how often it says so.
            var (correct, confidence) = (parts.Sum(p => p.Bins[bin].Correct), parts.Sum(p => p.Bins[bin].Confidence));
            error += Math.Abs(correct - confidence) / samples;
        }

        return new(samples, (double)parts.Sum(p => p.Correct) / samples, confusion, error);
    }
}
