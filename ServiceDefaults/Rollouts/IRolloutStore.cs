namespace ServiceDefaults.Rollouts;

/// <summary>Keeps the documents where all services of the platform see them: in Redis, or in a folder of the machine.</summary>
public interface IRolloutStore
{
    /// <summary>Reads every document.</summary>
    /// <returns>Null where the store does not answer now.</returns>
    ValueTask<IReadOnlyCollection<Rollout>?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Puts a document in the place of the one whose revision is one lower, or of none.</summary>
    ValueTask<SwapOutcome> TrySwapAsync(Rollout next, CancellationToken cancellationToken);

    /// <summary>Writes a document that the store has lost or has in an older revision; does nothing where it has that revision or a later one.</summary>
    ValueTask RestoreAsync(Rollout known, CancellationToken cancellationToken);

    /// <summary>Calls back as soon as any document has changed, where the store can tell; whoever must know also asks now and then.</summary>
    IDisposable Subscribe(Action changed);

    /// <summary>Lets one service at a time do something to a model, such as load a version.</summary>
    /// <returns>A lease that is given back when disposed or when its owner dies; null where somebody else has it or the store does not answer.</returns>
    ValueTask<IAsyncDisposable?> TryLeaseAsync(string model, CancellationToken cancellationToken);
}

public enum SwapOutcome
{
    Swapped,

    /// <summary>Somebody else was faster: read again.</summary>
    Outdated,

    /// <summary>The store does not answer now; whether it swapped is not known.</summary>
    Unavailable,
}
