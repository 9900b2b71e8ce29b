using System.Text.Json;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Drift;

/// <summary>Makes the report of a version from what model servers tell.</summary>
public static class DriftReports
{
    private const string Collecting = "collecting", Watching = "watching", Alarm = "alarm";

    /// <summary>The version that a report is of where none is named: the active one, else the one seen last.</summary>
    public static string? VersionOf(IReadOnlyList<ReplicaDrift> replicas)
        => replicas.Select(r => r.ActiveVersion).FirstOrDefault(v => v is not null) ?? replicas.SelectMany(r => r.Versions).MaxBy(LastSeen)?.Version;

    /// <returns>Null when no model server knows the version.</returns>
    public static DriftReport? Of(IReadOnlyList<ReplicaDrift> replicas, string version)
    {
        if (LookAt(replicas, version) is not { } found) return null;
        var (look, parts) = found;
        var (settings, labels) = (replicas[0].Settings, parts[0].Labels);
        var isStored = parts.Any(p => p.Stored is not null);
        return new(
            replicas[0].Model,
            version,
            parts[0].Task,
            look.Features is [] ? Collecting : look.IsAlarm ? Alarm : Watching,
            parts.Length,
            parts.Sum(p => p.Seen),
            new(look.Baseline.Count, isStored ? look.Baseline.Count : settings.BaselineSize, look.Baseline.From, look.Baseline.To),
            new(look.Window.Count, settings.Window, look.Window.From, look.Window.To),
            new(settings.Alpha, settings.Horizon, settings.LookEvery, settings.AlphaOfALook, JsonNamingPolicy.SnakeCaseLower.ConvertName(settings.Correction.ToString())),
            look.Features,
            labels is [] ? null : LabelsOf(labels, look),
            Compare(replicas, version, look, settings),
            Quality.Of([.. parts.Select(p => p.Quality).OfType<QualityCounts>()]));
    }

    /// <summary>The baseline to be kept; null while it is not complete.</summary>
    public static DriftBaseline? BaselineOf(IReadOnlyList<ReplicaDrift> replicas, string version)
    {
        if (LookAt(replicas, version) is not { } found) return null;
        var (look, parts) = found;
        if (parts.All(p => p.Stored is null) && look.Baseline.Count < replicas[0].Settings.BaselineSize) return null;
        return look.Baseline.ToBaseline(replicas[0].Model, version, parts[0].Labels, look.Baseline.To);
    }

    private static (DriftLook Look, VersionDrift[] Parts)? LookAt(IReadOnlyList<ReplicaDrift> replicas, string version)
    {
        VersionDrift[] parts = [.. replicas.SelectMany(r => r.Versions).Where(v => v.Version == version)];
        // Of servers that differ in what a version is, those count that are like the first.
        parts = [.. parts.Where(p => p.Labels.AsSpan().SequenceEqual(parts[0].Labels))];
        return parts is [] ? null : (DriftLook.Of(parts, replicas[0].Settings), parts);
    }

    private static LabelDrift[] LabelsOf(string[] labels, DriftLook look)
    {
        var (before, now) = (Math.Max(1, look.Baseline.Counts.Sum()), Math.Max(1, look.Window.Counts.Sum()));
        return [.. labels.Select((label, i) => new LabelDrift(
            label, (double)look.Baseline.Counts[i] / before, (double)look.Window.Counts[i] / now, look.Baseline.Confidence[i], look.Window.Confidence[i]))];
    }

    /// <summary>Compares with the other version that was seen last.</summary>
    private static VersionComparison? Compare(IReadOnlyList<ReplicaDrift> replicas, string version, DriftLook look, DriftSettings settings)
    {
        var others = replicas.SelectMany(r => r.Versions).Where(v => v.Version != version && v.Recent.Count > 0).GroupBy(v => v.Version, StringComparer.Ordinal);
        if (others.MaxBy(g => g.Max(LastSeen))?.Key is not { } other || LookAt(replicas, other) is not { } found) return null;
        var window = found.Look.Window;
        if (window.Count < settings.MinSamples || look.Window.Count < settings.MinSamples) return null;
        // By their names: another version may have them in another order.
        var (mine, its) = (LabelNames(replicas, version), found.Parts[0].Labels);
        var aligned = window with { Counts = Array.ConvertAll(mine, l => Array.IndexOf(its, l) is >= 0 and var i ? window.Counts[i] : 0) };
        return new(other, window.Count, DriftComparison.Of(aligned, look.Window, settings, level: -1));
    }

    private static string[] LabelNames(IReadOnlyList<ReplicaDrift> replicas, string version) => replicas.SelectMany(r => r.Versions).First(v => v.Version == version).Labels;

    private static long LastSeen(VersionDrift version) => version.Recent.Count > 0 ? version.Recent.At[^1] : 0;
}
