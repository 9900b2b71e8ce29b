using System.Collections.Immutable;

namespace ServiceDefaults.Rollouts;

/// <summary>The documents as this service knows them now; requests read them without a lock. <see cref="RolloutFeed"/> keeps them up to date.</summary>
public sealed class RolloutBoard
{
    private readonly Lock _gate = new();
    private volatile ImmutableDictionary<string, Rollout> _all = ImmutableDictionary.Create<string, Rollout>(StringComparer.Ordinal);
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>By model name.</summary>
    public ImmutableDictionary<string, Rollout> All => _all;

    /// <summary>Completes when the store was read for the first time, or when it is clear that it cannot be.</summary>
    public Task Heard => _heard.Task;

    /// <summary>Raised after a document became known or was replaced by a later revision, in order, on the thread that heard of it.</summary>
    public event Action<Rollout>? Changed;

    public Rollout? Of(string model) => _all.GetValueOrDefault(model);

    /// <summary>Takes a document in that <see cref="Rollout.Replaces"/> what is known.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Hear(Rollout rollout)
    {
        lock (_gate)
        {
            if (!rollout.Replaces(_all.GetValueOrDefault(rollout.Model))) return false;
            _all = _all.SetItem(rollout.Model, rollout);
            Changed?.Invoke(rollout);
            return true;
        }
    }

    public void MarkHeard() => _heard.TrySetResult();
}
