using Gateway.Models;
using Gateway.Replicas;
using Gateway.Rollouts;

namespace Gateway.Administration;

/// <summary>Makes the cards of models from the documents and from what the model servers last reported.</summary>
internal static class ModelCards
{
    public static ModelCard Of(Rollout? rollout, ModelReports reports, ReplicaPool pool)
    {
        var active = rollout is null ? ActiveOnReplicas(reports.Model, pool) : rollout.Active;
        // What the document names is shown too where no model server has it.
        var versions = reports.Versions.Union(new[] { active, rollout?.Previous, rollout?.Trial?.Version }.OfType<string>())
            .OrderDescending(ModelNames.ByVersion).Select(v => Version(v, active, rollout, reports)).ToArray();
        return new(
            reports.Model, (versions.FirstOrDefault(v => v.Version == active) ?? versions.FirstOrDefault(v => v.Task is not null))?.Task,
            rollout?.Revision ?? 0, rollout?.ChangedAt, active, rollout?.Previous, rollout?.IsChosen ?? false,
            rollout?.Trial is { } trial ? Trial(trial, reports) : null, versions,
            [.. rollout?.History.Select(e => new ModelEvent(e.At, e.By, e.Action, e.Version, e.Reason)) ?? []]);
    }

    private static string? ActiveOnReplicas(string model, ReplicaPool pool)
        => pool.All.Where(r => r.IsReached).Select(r => r.Models.Data.FirstOrDefault(m => m.Id == model)?.ActiveVersion).OfType<string>().Max(ModelNames.ByVersion);

    private static ModelCardVersion Version(string version, string? active, Rollout? rollout, ModelReports reports)
    {
        var told = reports.Replicas.Where(r => r.Versions.ContainsKey(version)).Select(r => (r.Replica, Told: r.Versions[version])).OrderBy(t => MergedModels.Rank(t.Told.State!)).ToArray();
        var share = rollout is null ? (version == active ? 100 : 0) : rollout.Shares().FirstOrDefault(s => s.Version == version).Percent;
        return new(
            version, told is [var best, ..] ? best.Told.State! : ModelVersionDescription.Unloaded, Role(version, active, rollout), share,
            told.FirstOrDefault().Told?.Reason, told.Select(t => t.Told.Task).FirstOrDefault(t => t is not null), told.Max(t => t.Told.MemoryBytes),
            [.. told.OrderBy(t => t.Replica, StringComparer.OrdinalIgnoreCase).Select(t => new ModelCardReplica(t.Replica, t.Told.State!, t.Told.Reason, t.Told.MemoryBytes, t.Told.Leases))]);
    }

    private static string? Role(string version, string? active, Rollout? rollout)
        => version == active ? "active"
        : rollout?.Trial is { } trial && trial.Version == version ? trial.Stage == TrialStage.Loading ? "candidate" : Word(trial.Stage)
        : version == rollout?.Previous ? "previous"
        : null;

    private static ModelTrial Trial(Trial trial, ModelReports reports) => new(
        trial.Id, trial.Version, Word(trial.Goal), Word(trial.Stage), trial.Goal == TrialGoal.Canary ? trial.Percent : null, trial.Since, trial.Until,
        trial.Stage == TrialStage.Loading ? null : Comparison(TrialComparison.Of(trial, reports)));

    private static ModelComparison Comparison(TrialComparison comparison)
    {
        var (tried, baseline) = (comparison.Tried, comparison.Baseline);
        return new(
            tried.Requests, tried.Errors, Rounded(tried.ErrorRate), Rounded(baseline.ErrorRate), Rounded(tried.MedianSeconds() * 1000), Rounded(baseline.MedianSeconds() * 1000),
            tried.Shadow is { } shadow ? new(shadow.Compared, PartOf(shadow.Agreed, shadow.Compared), PartOf(shadow.Distance, shadow.Compared)) : null);
    }

    private static double? PartOf(double part, long whole) => whole == 0 ? null : Rounded(part / whole);

    private static double Rounded(double value) => Math.Round(value, 4);

    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 4) : null;

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
