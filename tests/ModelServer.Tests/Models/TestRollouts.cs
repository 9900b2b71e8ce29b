using System.Collections.Concurrent;
using ServiceDefaults.Rollouts;

namespace ModelServer.Tests.Models;

/// <summary>Documents and leases of a test, in memory: the part that gateways and the store have.</summary>
internal sealed class TestRollouts : IRolloutStore
{
    private readonly ConcurrentDictionary<string, bool> _leases = new();

    public TestRollouts(bool isHeard = true)
    {
        if (isHeard) Board.MarkHeard();
    }

    /// <summary>Leases that were asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public RolloutBoard Board { get; } = new();

    /// <summary>Makes the next revision of a model's document, and tells it.</summary>
    /// <param name="change">Gets the document with the number of the revision that it makes.</param>
    public Rollout Change(string model, Func<Rollout, Rollout> change)
    {
        var known = Board.Of(model) ?? new Rollout(model, 0);
        var next = change(known with { Revision = known.Revision + 1 });
        Board.Hear(next);
        return next;
    }

    public Rollout Activate(string model, string version) => Change(model, r => r.Activated(version));

    public Rollout Load(string model, string version) => Change(model, r => r.Wishing(version, isLoaded: true));

    public Rollout Unload(string model, string version) => Change(model, r => r.Wishing(version, isLoaded: false));

    /// <summary>Takes a lease as another server would, if it is free.</summary>
    public IAsyncDisposable? TryLease(string model) => _leases.TryAdd(model, true) ? new Lease(this, model) : null;

    public ValueTask<IAsyncDisposable?> TryLeaseAsync(string model, CancellationToken cancellationToken)
    {
        Asked.Enqueue(model);
        return new(TryLease(model));
    }

    public ValueTask<IReadOnlyCollection<Rollout>?> ReadAsync(CancellationToken cancellationToken) => new([.. Board.All.Values]);

    public ValueTask<SwapOutcome> TrySwapAsync(Rollout next, CancellationToken cancellationToken)
        => new(Board.Hear(next) ? SwapOutcome.Swapped : SwapOutcome.Outdated);

    public ValueTask RestoreAsync(Rollout known, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public IDisposable Subscribe(Action changed) => new CancellationTokenSource();

    private sealed class Lease(TestRollouts store, string model) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            store._leases.TryRemove(model, out _);
            return ValueTask.CompletedTask;
        }
    }
}

internal static class RolloutChanges
{
    public static Rollout Activated(this Rollout rollout, string? version)
        => rollout with { Active = version, Previous = rollout.Active == version ? rollout.Previous : rollout.Active, IsChosen = true };

    /// <summary>With a wish whose number is the revision's.</summary>
    public static Rollout Wishing(this Rollout rollout, string version, bool isLoaded)
        => rollout with { Wishes = [.. rollout.Wishes.Where(w => w.Version != version), new(version, rollout.Revision, isLoaded)] };

    /// <summary>With a trial whose id is the revision's number.</summary>
    public static Rollout Trying(this Rollout rollout, string version, TrialStage stage, double percent = 0)
        => rollout with { Trial = new(rollout.Revision, version, stage == TrialStage.Shadow ? TrialGoal.Shadow : TrialGoal.Canary, stage, rollout.Active, percent, default, null) };
}
