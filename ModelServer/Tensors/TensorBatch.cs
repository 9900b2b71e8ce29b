using ModelServer.Runtime;

namespace ModelServer.Tensors;

/// <summary>Slices of one form that share a run.</summary>
/// <param name="slices">At least one.</param>
/// <param name="isFull">Whether something that waits was left for the next.</param>
internal sealed class TensorBatch(IReadOnlyList<TensorSlice> slices, bool isFull) : IDisposable
{
    private int _waiting = slices.Count;

    public IReadOnlyList<TensorSlice> Slices => slices;

    public bool IsFull => isFull;

    public int Rows { get; } = slices.Sum(s => s.Rows);

    /// <summary>Those of the longest row, where rows are padded; else 0.</summary>
    public int Columns { get; } = slices.Max(s => s.Request.Columns);

    public int Cost { get; } = slices.Sum(s => s.Cost);

    /// <summary>With what rows are padded by.</summary>
    public int PaddedCost => Columns > 0 ? Rows * Columns : Cost;

    /// <summary>The run, which is terminated once nobody waits for it and ends with the batch.</summary>
    public RunLease Run { get; } = new();

    /// <summary>Counts one slice less that somebody waits for.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _waiting) == 0) Run.Terminate();
    }

    public void Dispose() => Run.Dispose();
}
