namespace Gateway.Rollouts;

/// <summary>How writing a change ended.</summary>
internal enum ChangeOutcome
{
    /// <summary>The document is as it was commanded.</summary>
    Done,

    /// <summary>The command cannot be carried out as things are.</summary>
    Conflict,

    /// <summary>The store does not answer, or others change the document all the time.</summary>
    Unavailable,
}

/// <param name="Rollout">The document as it is now, where that is known.</param>
/// <param name="Reason">Why it is a conflict.</param>
internal readonly record struct WrittenChange(ChangeOutcome Outcome, Rollout? Rollout, string? Reason = null);

/// <summary>Changes documents by comparing and swapping, so that of several who change one at the same time none undoes what another did.</summary>
internal sealed class RolloutWriter(RolloutBoard board, RolloutMetrics metrics, IRolloutStore? store = null)
{
    private const int MaxAttempts = 5;

    /// <summary>Whether documents are kept anywhere.</summary>
    public bool HasStore => store is not null;

    /// <summary>Applies a command to the document as it is in the store now, again and again while others are faster.</summary>
    public async Task<WrittenChange> ChangeAsync(string model, Func<Rollout?, CommandOutcome> command, CancellationToken cancellationToken)
    {
        for (var i = 0; store is not null && i < MaxAttempts; i++)
        {
            if (await store.ReadAsync(cancellationToken) is not { } all) break;
            foreach (var known in all) board.Hear(known);
            var rollout = board.Of(model);
            // What the store has lost is still known here; it comes before what is changed of it.
            if (rollout is not null && !all.Any(r => r.Model == model && r.Revision >= rollout.Revision)) await store.RestoreAsync(rollout, cancellationToken);
            var (next, conflict) = command(rollout);
            if (conflict is not null) return new(ChangeOutcome.Conflict, rollout, conflict);
            if (next is null || ReferenceEquals(next, rollout) || next.Revision == (rollout?.Revision ?? 0)) return new(ChangeOutcome.Done, rollout);
            var swap = await SwapAsync(next, cancellationToken);
            if (swap == SwapOutcome.Swapped) return new(ChangeOutcome.Done, next);
            if (swap == SwapOutcome.Unavailable) break;
        }

        return new(ChangeOutcome.Unavailable, board.Of(model));
    }

    /// <summary>Writes one step of the planner.</summary>
    public async Task<SwapOutcome> SwapAsync(Rollout next, CancellationToken cancellationToken)
    {
        if (store is null) return SwapOutcome.Unavailable;
        var before = board.Of(next.Model);
        var outcome = await store.TrySwapAsync(next, cancellationToken);
        if (outcome != SwapOutcome.Swapped) return outcome;
        board.Hear(next);
        if (next.History is [var latest, ..] && (before is null || !before.History.Contains(latest))) metrics.Happened(latest.Action);
        return outcome;
    }
}
