using ModelServer.Runtime;

namespace ModelServer.Batching;

/// <summary>Work that shares one run.</summary>
/// <param name="items">At least one.</param>
internal abstract class Batch<TItem>(IReadOnlyList<TItem> items) : IDisposable
    where TItem : IBatched
{
    private int _waiting = items.Count;

    public IReadOnlyList<TItem> Items => items;

    public int Rows { get; } = items.Sum(i => i.Rows);

    /// <summary>Tokens of all rows, padding left out.</summary>
    public int Tokens { get; } = items.Sum(i => i.Cost);

    /// <summary>Tokens of all rows, padding included.</summary>
    public int PaddedTokens { get; } = items.Sum(i => i.Rows) * items.Max(i => i.Length);

    /// <summary>The run, which is terminated once nobody waits for it and ends with the batch.</summary>
    public RunLease Run { get; } = new();

    /// <summary>Counts one less that somebody waits for. Called at most once for each item, at any time, also after the end.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _waiting) == 0) Run.Terminate();
    }

    public virtual void Dispose() => Run.Dispose();
}
