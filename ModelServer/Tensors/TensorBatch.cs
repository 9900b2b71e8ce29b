using ModelServer.Batching;

namespace ModelServer.Tensors;

/// <summary>Slices of one form that share a run.</summary>
/// <param name="slices">At least one.</param>
/// <param name="isFull">Whether something that waits was left for the next.</param>
internal sealed class TensorBatch(IReadOnlyList<TensorSlice> slices, bool isFull) : Batch<TensorSlice>(slices)
{
    public IReadOnlyList<TensorSlice> Slices => Items;

    public bool IsFull => isFull;

    /// <summary>Those of the longest row, where rows are padded; else 0.</summary>
    public int Columns { get; } = slices.Max(s => s.Request.Columns);
}
