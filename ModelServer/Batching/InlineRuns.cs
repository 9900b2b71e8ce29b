namespace ModelServer.Batching;

/// <summary>Runs work on the thread that brings it, one batch at a time.</summary>
/// <param name="Workers">How many there are; all have to be idle.</param>
/// <param name="Suits">Whether work is run so. Called under the queue's lock.</param>
/// <param name="Run">Runs a batch and ends it. Throws nothing.</param>
internal sealed record InlineRuns<TItem, TBatch>(int Workers, Func<TItem, bool> Suits, Action<TBatch> Run)
    where TItem : class, IBatched
    where TBatch : Batch<TItem>;
