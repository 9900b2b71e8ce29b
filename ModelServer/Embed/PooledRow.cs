using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.ModelFiles;

namespace ModelServer.Embed;

internal static class PooledRow
{
    /// <summary>Reads rows for an embedding model; what a graph pools by itself is taken as it is. None is normalised: requests decide that.</summary>
    public static RowReader Reader(Pooling pooling) => row =>
    {
        var vector = row.IsPerToken ? Pool(row, pooling) : row.Values.ToArray();
        if (!float.IsFinite(TensorPrimitives.Sum<float>(vector))) throw new InvalidOperationException("The embedding is not finite.");
        return vector;
    };

    /// <summary>Makes the length 1; a vector of zeros stays one.</summary>
    public static void Normalize(Span<float> vector)
    {
        // As torch.nn.functional.normalize bounds it.
        const float Smallest = 1e-12f;
        TensorPrimitives.Divide(vector, Math.Max(TensorPrimitives.Norm<float>(vector), Smallest), vector);
    }

    private static float[] Pool(OutputRow row, Pooling pooling)
    {
        if (pooling == Pooling.Last) return row.Token(row.Tokens - 1).ToArray();
        var vector = row.Token(0).ToArray();
        if (pooling == Pooling.Cls) return vector;
        for (var i = 1; i < row.Tokens; i++)
        {
            if (pooling == Pooling.Max) TensorPrimitives.Max(vector, row.Token(i), vector);
            else TensorPrimitives.Add(vector, row.Token(i), vector);
        }

        if (pooling == Pooling.Mean) TensorPrimitives.Divide(vector, row.Tokens, vector);
        return vector;
    }
}
