using System.Numerics.Tensors;

namespace ModelServer.Inference;

/// <summary>How the answers of two versions to one request compare.</summary>
/// <param name="Agreed">Whether they say the same.</param>
/// <param name="Distance">How far their scores are apart, from 0 to 1.</param>
internal readonly record struct RowComparison(bool Agreed, double Distance)
{
    private static readonly RowComparison Nothing = new(false, 1);

    /// <summary>Compares row by row: they agree where all do, and the distance is the mean.</summary>
    public static RowComparison OfAll(ReadOnlyMemory<float>[] rows, ReadOnlyMemory<float>[] others, Func<float[], float[], RowComparison> compare)
    {
        if (rows.Length != others.Length || rows.Length == 0) return Nothing;
        var (agreed, distance) = (true, 0d);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = compare(rows[i].ToArray(), others[i].ToArray());
            agreed &= row.Agreed;
            distance += row.Distance;
        }

        return new(agreed, distance / rows.Length);
    }

    /// <summary>Compares two vectors by the cosine of their angle.</summary>
    public static RowComparison ByDirection(float[] a, float[] b, double minCosine)
    {
        if (a.Length != b.Length) return Nothing;
        // Of two vectors of zeros neither has a direction.
        if (TensorPrimitives.Norm<float>(a) is 0 && TensorPrimitives.Norm<float>(b) is 0) return new(true, 0);
        var cosine = TensorPrimitives.CosineSimilarity<float>(a, b);
        return float.IsNaN(cosine) ? Nothing : new(cosine >= minCosine, Math.Clamp((1 - cosine) / 2, 0, 1));
    }
}
