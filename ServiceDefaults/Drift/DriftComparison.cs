using ServiceDefaults.Contracts;
using ServiceDefaults.Statistics;

namespace ServiceDefaults.Drift;

/// <summary>Compares two samples feature by feature.</summary>
public static class DriftComparison
{
    /// <summary>The smallest expected count of a class that is tested by itself; the approximation of the chi-square test needs it.</summary>
    private const double LeastExpected = 10;

    private const string KolmogorovSmirnovName = "kolmogorov_smirnov", ChiSquareName = "chi_square";

    /// <param name="level">Adjusted p-values that do not exceed it are alarms; below 0 for none.</param>
    public static FeatureDrift[] Of(DriftSample baseline, DriftSample window, DriftSettings settings, double level)
    {
        List<FeatureDrift> features = [];
        foreach (var name in DriftFeatures.Numeric)
        {
            if (baseline.Features.GetValueOrDefault(name) is not { Length: > 0 } before || window.Features.GetValueOrDefault(name) is not { Length: > 0 } now) continue;
            var (statistic, p) = KolmogorovSmirnov.Test(before, now);
            features.Add(new(name, KolmogorovSmirnovName, statistic, p, p, PopulationStability.Index(before, now), Mean(before), Mean(now), Alarm: false));
        }

        if (Array.Exists(baseline.Counts, c => c > 0) && Array.Exists(window.Counts, c => c > 0))
        {
            var (before, now) = ChiSquare.Pool(baseline.Counts, window.Counts, LeastExpected);
            var (statistic, p) = ChiSquare.Test(before, now);
            features.Add(new(DriftFeatures.Class, ChiSquareName, statistic, p, p, PopulationStability.Index(baseline.Counts, window.Counts), null, null, Alarm: false));
        }

        var adjusted = MultipleTests.Adjust([.. features.Select(f => f.PValue)], settings.Correction);
        return [.. features.Select((f, i) => f with { AdjustedPValue = adjusted[i], Alarm = adjusted[i] <= level })];
    }

    private static double Mean(float[] values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }
}
