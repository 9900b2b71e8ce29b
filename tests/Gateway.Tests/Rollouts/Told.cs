using System.Globalization;
using Gateway.Rollouts;

namespace Gateway.Tests.Rollouts;

/// <summary>What model servers report, in short: <c>1:ready 2:loading</c>, with the order behind a slash where it is not 0 (<c>2:error/7</c>).</summary>
internal static class Told
{
    public const string Model = "m";
    public static readonly DateTimeOffset Now = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly RolloutPolicy Policy = new();

    public static ModelReports By(params string[] replicas)
        => new(Model, [.. replicas.Select((text, i) => new ReplicaReport($"modelserver-{i + 1}", text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Version).ToDictionary(v => v.Version!)))]);

    /// <summary>Adds what one version counted on the first model server.</summary>
    public static ModelReports Counting(this ModelReports reports, string version, VersionCounts counts, int replica = 0)
        => reports with
        {
            Replicas = [.. reports.Replicas.Select((r, i) => i != replica ? r : r with
            {
                Versions = r.Versions.Values.Select(v => v.Version == version ? v with { Counts = counts } : v).ToDictionary(v => v.Version!),
            })],
        };

    /// <summary>Counts of which every request took the same time.</summary>
    public static VersionCounts Counts(long trial, long requests, long errors = 0, double milliseconds = 2, ShadowCounts? shadow = null)
    {
        var latency = new long[VersionCounts.Buckets];
        latency[VersionCounts.BucketOf(TimeSpan.FromMilliseconds(milliseconds))] = requests;
        return new(trial, requests, errors, latency, shadow);
    }

    /// <summary>A document in which the first version is active and chosen.</summary>
    public static Rollout Chosen(string active, string? previous = null, Trial? trial = null, params VersionWish[] wishes)
        => new(Model, 10) { Active = active, Previous = previous, IsChosen = true, Trial = trial, Wishes = wishes, ChangedAt = Now };

    public static Trial Trial(string version, TrialGoal goal, TrialStage stage, string? baseline = "1", double percent = 0, TimeSpan? until = null, long id = 10)
        => new(id, version, goal, stage, baseline, percent, Now, until is { } time ? Now + time : null);

    public static Rollout? Next(this Rollout? rollout, ModelReports reports, TimeSpan after = default) => RolloutPlanner.Next(rollout, reports, Now + after, Policy);

    public static string Text(Rollout? rollout)
        => rollout is null ? "-" : string.Join(' ', new[]
        {
            $"active={rollout.Active ?? "none"}{(rollout.IsChosen ? "!" : "")}",
            rollout.Previous is { } previous ? $"previous={previous}" : null,
            rollout.Trial is { } trial ? $"{trial.Goal}/{trial.Stage}({trial.Version})" : null,
            rollout.Wishes.Any(w => !w.IsLoaded) ? $"unloaded={string.Join(',', rollout.Wishes.Where(w => !w.IsLoaded).Select(w => w.Version).Order())}" : null,
        }.OfType<string>());

    private static ReplicaVersion Version(string text)
    {
        var (version, rest) = (text.Split(':')[0], text.Split(':')[1].Split('/'));
        var order = rest.Length > 1 ? long.Parse(rest[1], CultureInfo.InvariantCulture) : 0;
        return new(Model, version, rest[0], rest[0] == "error" ? "It is broken." : null, "text-classification", order, 1000, true, 0, null);
    }
}
