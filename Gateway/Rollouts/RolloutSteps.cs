namespace Gateway.Rollouts;

/// <summary>The words for what happened.</summary>
internal static class RolloutActions
{
    public const string Load = "load", Activate = "activate", Canary = "canary", Shadow = "shadow", Rollback = "rollback", Unload = "unload",
        Completed = "completed", Failed = "failed", AutomaticRollback = "automatic_rollback";

    public static readonly string[] All = [Load, Activate, Canary, Shadow, Rollback, Unload, Completed, Failed, AutomaticRollback];
}

/// <summary>The single changes that commands and the planner put together. All but <see cref="Draft"/> change a draft: what is numbered gets its revision.</summary>
internal static class RolloutSteps
{
    /// <summary>Versions that are remembered as unloaded: those of the last requests.</summary>
    private const int MaxUnloaded = 50;

    /// <summary>Begins a change: the same document under the next revision.</summary>
    public static Rollout Draft(this Rollout rollout, DateTimeOffset now) => rollout with { Revision = rollout.Revision + 1, ChangedAt = now };

    public static Rollout Note(this Rollout draft, string action, string? version, string? by, string? reason = null)
        => draft with { History = [new(draft.ChangedAt, by, action, version, reason), .. draft.History.Take(Rollout.MaxEvents - 1)] };

    /// <summary>Asks anew for a version to be loaded or unloaded.</summary>
    public static Rollout Wish(this Rollout draft, string version, bool loaded)
    {
        VersionWish[] wishes = [new(version, draft.Revision, loaded), .. draft.Wishes.Where(w => w.Version != version)];
        var forgotten = wishes.Where(w => !w.IsLoaded).OrderByDescending(w => w.Order).Skip(MaxUnloaded).ToHashSet();
        return draft with { Wishes = [.. wishes.Where(w => !forgotten.Contains(w))] };
    }

    /// <summary>Has a version that is loaded stay so, on servers that start later too. Its number is 0: nobody has to do anything for it now.</summary>
    public static Rollout Keep(this Rollout draft, string version) => draft[version] switch
    {
        null => draft with { Wishes = [.. draft.Wishes, new(version, 0, true)] },
        { IsLoaded: true } => draft,
        _ => draft.Wish(version, loaded: true),
    };

    /// <summary>Ends every use of a version that is not the active one and frees it.</summary>
    public static Rollout Free(this Rollout draft, string version)
        => draft.Wish(version, loaded: false) with { Previous = draft.Previous == version ? null : draft.Previous };

    /// <summary>Makes a version the active one. The one before stays loaded and watches over it; the one before that is freed.</summary>
    public static Rollout Flip(this Rollout draft, string version, TimeSpan probation)
    {
        var (left, superseded, trial) = (draft.Active, draft.Previous, draft.Trial);
        var next = draft.Keep(version) with { Active = version, Previous = left, Trial = null };
        if (left is null) return next;
        next = next.Keep(left);
        if (superseded is not null && superseded != version && superseded != left) next = next.Wish(superseded, loaded: false);
        // What waited for the load goes on as the same trial; what served in another stage is counted anew.
        var id = trial is { Stage: TrialStage.Loading } loaded && loaded.Version == version ? loaded.Id : draft.Revision;
        return next with { Trial = new(id, version, TrialGoal.Activate, TrialStage.Probation, left, 0, draft.ChangedAt, draft.ChangedAt + probation) };
    }

    /// <summary>Makes another version the active one at once, without a trial of it.</summary>
    public static Rollout Return(this Rollout draft, string version, string? previous)
        => draft.Keep(version) with { Active = version, Previous = previous, Trial = null };

    /// <summary>Puts a version that is ready under a trial without an end.</summary>
    public static Rollout Try(this Rollout draft, string version, TrialGoal goal, double percent, long? id = null)
        => draft.Keep(version) with
        {
            Trial = new(id ?? draft.Revision, version, goal, goal == TrialGoal.Canary ? TrialStage.Canary : TrialStage.Shadow, draft.Active, percent, draft.ChangedAt, null),
        };

    /// <summary>Has a version loaded for a goal.</summary>
    public static Rollout Await(this Rollout draft, string version, TrialGoal goal, double percent, TimeSpan patience)
        => draft.Wish(version, loaded: true) with
        {
            Trial = new(draft.Revision, version, goal, TrialStage.Loading, draft.Active, percent, draft.ChangedAt, draft.ChangedAt + patience),
        };
}
