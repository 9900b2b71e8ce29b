using ServiceDefaults.Contracts;

namespace ServiceDefaults.Drift;

/// <summary>A comparison of the latest observations with the first. It happens every so many observations and not whenever somebody asks, so that
/// asking often raises no false alarms.</summary>
/// <param name="Number">Numbers the comparisons; 0 before the first.</param>
/// <param name="Usable">Observations after the baseline.</param>
/// <param name="Features">Empty while there is too little to compare.</param>
public sealed record DriftLook(long Number, long Usable, DriftSample Baseline, DriftSample Window, FeatureDrift[] Features)
{
    public bool IsAlarm => Array.Exists(Features, f => f.Alarm);

    /// <summary>The comparison that is due, of the observations of any number of model servers together.</summary>
    /// <param name="parts">What each has seen of one version; at least one.</param>
    public static DriftLook Of(IReadOnlyList<VersionDrift> parts, DriftSettings settings)
    {
        var labels = parts[0].Labels.Length;
        var (baseline, usable) = BaselineOf(parts, settings);
        // Rounded down to the last look.
        var number = usable / settings.LookEvery;
        var later = (int)(usable % settings.LookEvery);
        var recent = Merge(parts.Select(p => p.Recent));
        var count = (int)Math.Min(Math.Min(settings.Window, number * settings.LookEvery), Math.Max(0, recent.Count - later));
        var window = DriftSample.Of(recent, Math.Max(0, recent.Count - later - count), count, labels);
        var isEnough = window.Count >= settings.MinSamples && baseline.Count > 0;
        return new(number, usable, baseline, window, isEnough ? DriftComparison.Of(baseline, window, settings, settings.AlphaOfALook) : []);
    }

    /// <summary>The baseline stored last; where there is none, the first observations, of which those that are not needed belong to the window.</summary>
    private static (DriftSample Baseline, long Usable) BaselineOf(IReadOnlyList<VersionDrift> parts, DriftSettings settings)
    {
        var seen = parts.Sum(p => p.Seen);
        if (parts.Select(p => p.Stored).OfType<DriftBaseline>().MaxBy(s => s.StoredAt) is { } stored) return (DriftSample.Of(stored, parts[0].Labels), seen);
        var early = Merge(parts.Select(p => p.Early));
        return (DriftSample.Of(early, 0, Math.Min(settings.BaselineSize, early.Count), parts[0].Labels.Length), Math.Max(0, seen - settings.BaselineSize));
    }

    /// <summary>All observations in the order of their times.</summary>
    private static DriftRows Merge(IEnumerable<DriftRows> parts)
    {
        DriftRows[] some = [.. parts.Where(p => p.Count > 0)];
        if (some is []) return DriftRows.Empty;
        if (some is [var only]) return only;
        long[] at = [.. some.SelectMany(p => p.At)];
        // Stable: those of one server stay in their order.
        var order = Enumerable.Range(0, at.Length).OrderBy(i => at[i]).ToArray();
        int[] labels = [.. some.SelectMany(p => p.Labels)];
        var features = some[0].Features.Keys.Where(name => some.All(p => p.Features.ContainsKey(name)))
            .ToDictionary(name => name, name => Ordered([.. some.SelectMany(p => p.Features[name])], order), StringComparer.Ordinal);
        return new(Ordered(at, order), features, Ordered(labels, order));
    }

    private static T[] Ordered<T>(T[] values, int[] order) => Array.ConvertAll(order, i => values[i]);
}
