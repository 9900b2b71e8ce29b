namespace ModelServer.Inference;

/// <summary>What is watched of a row that a model answered.</summary>
/// <param name="Score">One number, such as the confidence of the best label or the norm of a vector.</param>
/// <param name="Label">The index of the best label; -1 where the model has none.</param>
/// <param name="Labels">Where several labels may hold at once, those that do, by their bits, of the first 64; else null.</param>
internal readonly record struct RowFeatures(float Score, int Label = -1, ulong? Labels = null)
{
    public static readonly RowFeatures None = new(0);
}
