namespace Gateway.Rollouts;

/// <summary>What became of an operator's command.</summary>
/// <param name="Next">The document to be written; the one that was given where nothing is to be changed.</param>
/// <param name="Conflict">Why it cannot be, as a sentence; null where it can.</param>
internal readonly record struct CommandOutcome(Rollout? Next, string? Conflict)
{
    public static implicit operator CommandOutcome(Rollout next) => new(next, null);

    public static implicit operator CommandOutcome(string conflict) => new(null, conflict);
}

/// <summary>Who gives a command, when and by which rules, and what the model servers report then.</summary>
internal sealed record CommandContext(ModelReports Reports, DateTimeOffset Now, string? By, RolloutPolicy Policy);

/// <summary>What operators may do to a document. Each command is a function of it; given twice, it changes nothing the second time.</summary>
internal static class RolloutCommands
{
    public static CommandOutcome Load(Rollout? known, string version, CommandContext context)
    {
        var rollout = known ?? RolloutPlanner.Start(context.Reports);
        if (rollout.Trial is { } trial) return trial.Version == version ? rollout : Busy(trial);
        var draft = TakeInHand(rollout, RolloutActions.Load, version, context);
        if (!context.Reports.IsReadyOnAll(rollout, version)) return draft.Await(version, TrialGoal.Load, 0, context.Policy.LoadPatience);
        return rollout[version] is null ? draft.Keep(version) : rollout;
    }

    public static CommandOutcome Activate(Rollout? known, string version, CommandContext context)
    {
        var rollout = known ?? RolloutPlanner.Start(context.Reports);
        var draft = rollout.Draft(context.Now).Note(RolloutActions.Activate, version, context.By);
        if (rollout.Active == version)
        {
            // Choosing what is followed anyway keeps it when a higher one comes.
            return rollout.IsChosen ? rollout : draft.Keep(version) with { IsChosen = true };
        }

        // Whoever activates the version before, while the one after is watched, takes that one back.
        if (rollout.Trial is { Stage: TrialStage.Probation } && version == rollout.Previous) return Rollback(known, context);
        if (rollout.Trial is { } other && other.Version != version) return Busy(other);
        if (context.Reports.IsReadyOnAll(rollout, version)) return draft.Flip(version, context.Policy.Probation) with { IsChosen = true };
        return Begin(rollout, draft, version, TrialGoal.Activate, 0, context);
    }

    public static CommandOutcome Canary(Rollout? known, string version, double percent, CommandContext context)
        => Try(known, version, TrialGoal.Canary, RolloutActions.Canary, percent, context);

    public static CommandOutcome Shadow(Rollout? known, string version, CommandContext context)
        => Try(known, version, TrialGoal.Shadow, RolloutActions.Shadow, 0, context);

    /// <summary>Ends the trial under way; without one, makes the previous version the active one.</summary>
    public static CommandOutcome Rollback(Rollout? known, CommandContext context)
    {
        if (known is not { } rollout) return "There is nothing to go back to: no other version was active before.";
        var draft = TakeInHand(rollout, RolloutActions.Rollback, rollout.Trial?.Version ?? rollout.Active, context);
        if (rollout.Trial is { Stage: not TrialStage.Probation } trial)
        {
            var isWanted = trial.Stage != TrialStage.Loading || trial.Version == rollout.Active || trial.Version == rollout.Previous;
            return (isWanted ? draft : draft.Wish(trial.Version, loaded: false)) with { Trial = null };
        }

        if (rollout.Previous is not { } previous) return "There is nothing to go back to: no other version is loaded that was active before.";
        // One server that has it is enough: the others are passed over until they have it too, and what is active now may be worse than that.
        if (context.Reports.IsReadyAnywhere(rollout, previous)) return draft.Return(previous, rollout.Active) with { IsChosen = true };
        return draft.Await(previous, TrialGoal.Activate, 0, context.Policy.LoadPatience);
    }

    public static CommandOutcome Unload(Rollout? known, string version, bool force, CommandContext context)
    {
        var (rollout, reports) = (known ?? RolloutPlanner.Start(context.Reports), context.Reports);
        var isUnloaded = rollout[version] is { IsLoaded: false } || (rollout[version] is null && reports.Replicas.All(r => r.StateOf(version) is null or ModelVersionDescription.Unloaded));
        if (isUnloaded && rollout.Active != version && rollout.Trial?.Version != version) return rollout;
        var draft = rollout.Draft(context.Now).Note(RolloutActions.Unload, version, context.By);
        if (rollout.Active == version) return force ? Replace(draft, version, reports) : $"Version {version} is the active one: activate another one first, or say force.";
        if (rollout.Trial is { Stage: not TrialStage.Loading } trial && trial.Version == version && !force) return $"Version {version} is under trial ({Word(trial)}): end that by a rollback first, or say force.";
        if (!force && reports.IsReadyAnywhere(rollout, version) && !reports.Versions.Any(v => v != version && reports.IsReadyAnywhere(rollout, v)))
            return $"Version {version} is the only one that is ready: say force to be left with none.";
        return draft.Free(version) with { Trial = rollout.Trial?.Version == version ? null : rollout.Trial };
    }

    /// <summary>Frees every version; none answers any more until one is activated.</summary>
    public static CommandOutcome UnloadAll(Rollout? known, CommandContext context)
    {
        var rollout = known ?? RolloutPlanner.Start(context.Reports);
        string[] loaded = [.. context.Reports.Versions.Union(rollout.Wishes.Select(w => w.Version)).Where(v => rollout[v] is not { IsLoaded: false })];
        if (loaded is [] && rollout.Active is null) return rollout;
        var draft = rollout.Draft(context.Now).Note(RolloutActions.Unload, rollout.Active, context.By) with { Active = null, IsChosen = true, Trial = null };
        return loaded.Aggregate(draft, (next, version) => next.Free(version));
    }

    private static CommandOutcome Try(Rollout? known, string version, TrialGoal goal, string action, double percent, CommandContext context)
    {
        var rollout = known ?? RolloutPlanner.Start(context.Reports);
        if (rollout.Active is null) return $"No version is active that version {version} could be tried beside: activate it.";
        if (rollout.Active == version) return $"Version {version} is the active one.";
        if (rollout.Trial is { } other && other.Version != version) return Busy(other);
        var draft = TakeInHand(rollout, action, version, context);
        if (rollout.Trial is { } trial && trial.Goal == goal)
        {
            // The same trial: its counts go on.
            return trial.Percent == percent ? rollout : draft with { Trial = trial with { Percent = percent } };
        }

        return context.Reports.IsReadyOnAll(rollout, version) ? draft.Try(version, goal, percent) : Begin(rollout, draft, version, goal, percent, context);
    }

    /// <summary>Begins a change after which the active version stays what it is until it is told otherwise: what is loaded to be looked at, or was taken back, would
    /// else become active by itself for being the highest.</summary>
    private static Rollout TakeInHand(Rollout rollout, string action, string? version, CommandContext context)
        => rollout.Draft(context.Now).Note(action, version, context.By) with { IsChosen = rollout.IsChosen || rollout.Active is not null };

    private static CommandOutcome Begin(Rollout rollout, Rollout draft, string version, TrialGoal goal, double percent, CommandContext context)
    {
        // What is being loaded for something else goes on being loaded.
        if (rollout.Trial is not { Stage: TrialStage.Loading } loading) return draft.Await(version, goal, percent, context.Policy.LoadPatience);
        return loading.Goal == goal ? rollout : draft with { Trial = loading with { Goal = goal, Percent = percent } };
    }

    /// <summary>Unloads the active version and puts another one in its place, if there is any.</summary>
    private static Rollout Replace(Rollout draft, string version, ModelReports reports)
    {
        var other = draft.Previous is { } previous && reports.IsReadyOnAll(draft, previous) ? previous : reports.HighestReady(draft, v => v != version);
        other ??= reports.Versions.FirstOrDefault(v => v != version && reports.IsReadyAnywhere(draft, v));
        return other is null ? draft.Free(version) with { Active = null, Trial = null } : draft.Return(other, previous: null).Free(version);
    }

    private static string Busy(Trial trial) => $"Version {trial.Version} is under trial ({Word(trial)}): wait for its end, or end it by a rollback.";

    private static string Word(Trial trial) => trial.Stage.ToString().ToLowerInvariant();
}
