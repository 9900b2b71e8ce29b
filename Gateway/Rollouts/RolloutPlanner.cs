using Gateway.Models;

namespace Gateway.Rollouts;

/// <summary>Moves rollouts on: a function of the document and of what the model servers report alone, so that every gateway finds the same next step and
/// it does not matter which of them takes it, or how often.</summary>
internal static class RolloutPlanner
{
    private const int MaxNamed = 3;

    /// <returns>The document after one more step; null where there is nothing to do now.</returns>
    public static Rollout? Next(Rollout? rollout, ModelReports reports, DateTimeOffset now, RolloutPolicy policy)
    {
        if (reports.Replicas.Count == 0) return null;
        if (rollout is null) return Begin(reports, now);
        var draft = rollout.Draft(now);
        return rollout.Trial switch
        {
            null => Rescue(draft, reports) ?? Follow(draft, reports, policy),
            { Stage: TrialStage.Loading } trial => AfterLoading(draft, trial, reports, policy) ?? Rescue(draft, reports),
            var trial => AfterServing(draft, trial, reports, policy) ?? Rescue(draft, reports),
        };
    }

    /// <summary>Writes down what the model servers do without a document: the highest version answers, of those that none lacks.</summary>
    public static Rollout? Begin(ModelReports reports, DateTimeOffset now)
        => reports.IsSettled && reports.HighestReady(null) is not null ? Start(reports).Draft(now) : null;

    /// <summary>Returns the document that the first change is made to. It names a version if any is ready anywhere.</summary>
    public static Rollout Start(ModelReports reports)
    {
        var rollout = new Rollout(reports.Model, 0);
        return rollout with { Active = reports.HighestReady(null) ?? reports.Versions.FirstOrDefault(v => reports.IsReadyAnywhere(null, v)) };
    }

    private static Rollout? AfterLoading(Rollout draft, Trial trial, ModelReports reports, RolloutPolicy policy)
    {
        var order = draft[trial.Version]?.Order ?? trial.Id;
        if (reports.ErrorOf(trial.Version, order) is var (replica, reason))
            return Fail(draft, trial, $"{replica} could not load version {trial.Version}: {reason ?? "it does not say why."}");
        if (reports.IsReadyOnAll(draft, trial.Version))
        {
            return trial.Goal switch
            {
                TrialGoal.Load => (draft with { Trial = null }).Note(RolloutActions.Completed, trial.Version, null),
                TrialGoal.Activate => draft.Flip(trial.Version, policy.Probation) with { IsChosen = true },
                _ => draft.Try(trial.Version, trial.Goal, trial.Percent, trial.Id),
            };
        }

        return trial.Until <= draft.ChangedAt ? Fail(draft, trial, $"Version {trial.Version} was not ready in time: {Missing(trial.Version, reports)}.") : null;
    }

    private static Rollout? AfterServing(Rollout draft, Trial trial, ModelReports reports, RolloutPolicy policy)
    {
        var fault = reports.ErrorOf(trial.Version, draft[trial.Version]?.Order ?? 0) is var (replica, reason)
            ? $"Version {trial.Version} broke on {replica}: {reason ?? "it does not say why."}"
            : !reports.Has(trial.Version) ? $"No model server has version {trial.Version} any more."
            : TrialComparison.Of(trial, reports).Fault(policy);
        if (fault is not null && TakeBack(draft, trial, reports) is { } back) return back.Note(RolloutActions.AutomaticRollback, trial.Version, null, fault);
        return trial.Until <= draft.ChangedAt ? (draft with { Trial = null }).Note(RolloutActions.Completed, trial.Version, null) : null;
    }

    /// <returns>Null where there is nothing to take its place: a bad version is better than none.</returns>
    private static Rollout? TakeBack(Rollout draft, Trial trial, ModelReports reports)
    {
        if (trial.Version != draft.Active) return draft.Free(trial.Version) with { Trial = null };
        return trial.Baseline is { } baseline && reports.IsReadyAnywhere(draft, baseline) ? draft.Return(baseline, previous: null).Free(trial.Version) : null;
    }

    /// <summary>Replaces an active version that no model server can serve any more.</summary>
    private static Rollout? Rescue(Rollout draft, ModelReports reports)
    {
        if (draft.Active is not { } lost || !reports.IsLost(lost)) return null;
        // Any version that is loaded is better than none, also where an operator had chosen the one that is lost.
        var other = draft.Previous is { } previous && reports.IsReadyAnywhere(draft, previous) ? previous : reports.HighestReady(draft, v => v != lost);
        if (other is null) return null;
        // One on trial goes on, beside another one.
        var trial = draft.Trial is { } running && running.Version != other && running.Version != lost ? running with { Baseline = other } : null;
        var reason = reports.ErrorOf(lost, 0) is var (replica, why) ? $"Version {lost} failed on every model server, on {replica}: {why ?? "it does not say why."}" : $"No model server has version {lost} any more.";
        return (draft.Return(other, previous: null).Free(lost) with { Trial = trial }).Note(RolloutActions.AutomaticRollback, lost, null, reason);
    }

    /// <summary>Makes the highest version active as long as nobody has chosen one.</summary>
    private static Rollout? Follow(Rollout draft, ModelReports reports, RolloutPolicy policy)
    {
        if (draft.IsChosen || reports.HighestReady(draft, IsHigher) is not { } higher) return null;
        return draft.Flip(higher, policy.Probation).Note(RolloutActions.Activate, higher, null, "It is the highest version, and none was chosen.");

        bool IsHigher(string version) => draft.Active is null || ModelNames.ByVersion.Compare(version, draft.Active) > 0;
    }

    private static Rollout Fail(Rollout draft, Trial trial, string reason)
    {
        // Freed everywhere, unless callers are answered by it, or may be again after a rollback.
        var next = trial.Version == draft.Active || trial.Version == draft.Previous ? draft : draft.Wish(trial.Version, loaded: false);
        return (next with { Trial = null }).Note(RolloutActions.Failed, trial.Version, null, reason);
    }

    private static string Missing(string version, ModelReports reports)
    {
        var missing = reports.Replicas.Where(r => r.StateOf(version) != ModelVersionDescription.Ready).Select(r => $"{r.Replica} has it {r.StateOf(version) ?? "nowhere"}").ToArray();
        return missing is [] ? "the model servers have not heard of it" : string.Join(", ", missing.Take(MaxNamed)) + (missing.Length > MaxNamed ? $" and {missing.Length - MaxNamed} more" : "");
    }
}
