using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.SentenceTransformers;

namespace ModelServer.Embed;

internal static class PooledRow
{
    /// <summary>Reads rows for an embedding model. What a graph pools by itself is taken as it is, with the head where it is not behind that already; graphs that pool hold
    /// all modules mostly. None is normalised in the end: requests decide that.</summary>
    public static RowReader Reader(Pooling pooling, VectorHead head) => row =>
    {
        var vector = row.IsPerToken ? Pool(row, pooling) : row.Values.ToArray();
        if (row.IsPerToken || (row.Width == head.InputWidth && head.OutputWidth != head.InputWidth)) vector = head.Apply(vector);
        else if (head.OutputWidth is { } width && width != row.Width) throw new ModelLoadException($"modules.json: the heads give {width} numbers; the graph gives {row.Width}.");
        if (!float.IsFinite(TensorPrimitives.Sum<float>(vector))) throw new InvalidOperationException("The embedding is not finite.");
        return vector;
    };

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
