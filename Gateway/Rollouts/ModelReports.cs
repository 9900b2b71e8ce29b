using Gateway.Models;
using Gateway.Replicas;

namespace Gateway.Rollouts;

/// <summary>What one model server that is reached says of one model, by version.</summary>
internal sealed record ReplicaReport(string Replica, IReadOnlyDictionary<string, ReplicaVersion> Versions)
{
    public string? StateOf(string version) => Versions.GetValueOrDefault(version)?.State;
}

/// <summary>What the model servers that are reached say of one model. One that says nothing of it, because it has other models or has only just started,
/// or that is shutting down, is not among them: nobody waits for it.</summary>
internal sealed record ModelReports(string Model, IReadOnlyList<ReplicaReport> Replicas)
{
    /// <summary>Every version that any of them has, highest first.</summary>
    public IEnumerable<string> Versions => Replicas.SelectMany(r => r.Versions.Keys).Distinct(StringComparer.Ordinal).OrderDescending(ModelNames.ByVersion);

    /// <returns>By model name.</returns>
    public static IReadOnlyDictionary<string, ModelReports> Of(ReplicaPool pool)
        => Of(pool.All.Where(r => r.IsReached && r.Health.Load?.State != ReplicaHealth.Draining).Select(r => (r.Name, r.Health.Versions)));

    /// <param name="told">Another process wrote it: it may have nulls anywhere.</param>
    public static IReadOnlyDictionary<string, ModelReports> Of(IEnumerable<(string Replica, ReplicaVersion?[]? Versions)> told)
        => told.SelectMany(t => (t.Versions ?? []).Where(v => v is { Model: not null, Version: not null, State: not null })
                .GroupBy(v => v!.Model!, StringComparer.Ordinal)
                .Select(g => (Model: g.Key, Report: new ReplicaReport(t.Replica, g.GroupBy(v => v!.Version!, StringComparer.Ordinal).ToDictionary(v => v.Key, v => v.Last()!)))))
            .GroupBy(t => t.Model, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new ModelReports(g.Key, [.. g.Select(t => t.Report)]));

    public static ModelReports None(string model) => new(model, []);

    public bool Has(string version) => Replicas.Any(r => r.Versions.ContainsKey(version));

    public bool IsReadyOnAll(Rollout? rollout, string version) => Replicas.Count > 0 && Replicas.All(r => IsReady(r, rollout?[version], version));

    public bool IsReadyAnywhere(Rollout? rollout, string version) => Replicas.Any(r => IsReady(r, rollout?[version], version));

    /// <summary>Returns the highest version that is ready on all, of those that the condition allows.</summary>
    public string? HighestReady(Rollout? rollout, Func<string, bool>? which = null)
        => Versions.FirstOrDefault(v => which?.Invoke(v) != false && IsReadyOnAll(rollout, v));

    /// <summary>Whether nothing is on its way: each version that is ready anywhere is ready wherever it is, or failed there.</summary>
    public bool IsSettled => Versions.All(v => Replicas.Select(r => r.StateOf(v)).ToArray() is var states
        && !states.Contains(ModelVersionDescription.Loading)
        && (!states.Contains(ModelVersionDescription.Ready)
            || states.All(s => s is null or ModelVersionDescription.Ready or ModelVersionDescription.Error)));

    /// <summary>Returns the first report of a failure that is no older than what is wished now.</summary>
    /// <param name="order">The number of the wish.</param>
    public (string Replica, string? Reason)? ErrorOf(string version, long order)
        => Replicas.Where(r => r.Versions.TryGetValue(version, out var told) && told.State == ModelVersionDescription.Error && told.Order >= order)
            .Select(r => ((string, string?)?)(r.Replica, r.Versions[version].Reason)).FirstOrDefault();

    /// <summary>Whether no one can serve it nor is about to: it failed wherever it is.</summary>
    public bool IsLost(string version) => Replicas.All(r => r.StateOf(version) is null or ModelVersionDescription.Error);

    /// <summary>Sums what all of them counted.</summary>
    /// <param name="trial">Counts only what belongs to this trial; null for whatever there is.</param>
    public VersionTotals CountsOf(string version, long? trial = null)
        => VersionTotals.Of(Replicas.Select(r => r.Versions.GetValueOrDefault(version)?.Counts).OfType<VersionCounts>().Where(c => trial is null || c.TrialId == trial));

    // A report under an older number is from before a server heard of the wish: it may be about to unload.
    private static bool IsReady(ReplicaReport replica, VersionWish? wish, string version)
        => wish is not { IsLoaded: false } && replica.Versions.TryGetValue(version, out var told)
            && told.State == ModelVersionDescription.Ready && told.Order >= (wish?.Order ?? 0);
}
