using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.SentenceTransformers;

namespace ModelServer.LateInteraction;

/// <summary>The vectors of a text's tokens, each of length 1.</summary>
/// <param name="row">All of them, one behind the other, as the engine's reader made them.</param>
/// <param name="ids">The tokens that they are of.</param>
/// <param name="skipped">Tokens whose vectors do not count; null for none.</param>
internal readonly struct TokenVectors(ReadOnlyMemory<float> row, int[] ids, IReadOnlySet<int>? skipped)
{
    private readonly int _width = row.Length / ids.Length;

    /// <summary>Those that count, in order.</summary>
    public IEnumerable<ReadOnlyMemory<float>> All
    {
        get
        {
            for (var i = 0; i < ids.Length; i++)
                if (skipped?.Contains(ids[i]) != true) yield return row.Slice(i * _width, _width);
        }
    }

    /// <summary>Reads rows: the head where the graph does not hold it, then the length 1.</summary>
    public static RowReader Reader(VectorHead head) => row =>
    {
        if (!row.IsPerToken) throw new ModelLoadException("The graph gives one vector for a text; a model of token vectors gives one for each token.");
        var isBehind = head.IsBehind(row.Width);
        var vectors = new float[row.Tokens][];
        for (var i = 0; i < vectors.Length; i++)
        {
            var vector = row.Token(i).ToArray();
            vectors[i] = isBehind ? vector : head.Apply(vector);
            NormalizeStep.Normalize(vectors[i]);
        }

        float[] all = [.. vectors.SelectMany(v => v)];
        return float.IsFinite(TensorPrimitives.Sum<float>(all)) ? all : throw new InvalidOperationException("The vectors are not finite.");
    };

    /// <summary>How well a document answers a query: for each vector of the query the best product with one of the document's, added up (MaxSim). 0 for a document without vectors.</summary>
    public static float Score(TokenVectors query, TokenVectors document)
    {
        ReadOnlyMemory<float>[] others = [.. document.All];
        if (others.Length == 0) return 0;
        var sum = 0d;
        foreach (var vector in query.All)
        {
            var best = float.NegativeInfinity;
            foreach (var other in others) best = Math.Max(best, TensorPrimitives.Dot(vector.Span, other.Span));
            sum += best;
        }

        return (float)sum;
    }
}
