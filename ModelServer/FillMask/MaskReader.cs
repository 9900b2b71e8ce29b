using System.Buffers;
using System.Numerics.Tensors;
using ModelServer.Encoders;

namespace ModelServer.FillMask;

/// <summary>Makes rows of what fits into the masks of a text: the best tokens with their probabilities, or those that are asked for. Only that leaves the engine's
/// thread and is remembered: the logits of one mask would be as many as the vocabulary has tokens.</summary>
internal sealed class MaskReader(int mask)
{
    private int _width;

    /// <summary>Numbers that the graph gives for a token; 0 until it has run.</summary>
    public int Width => Volatile.Read(ref _width);

    /// <returns>See <see cref="MaskRow"/>.</returns>
    /// <exception cref="InvalidOperationException">The logits are none to compare.</exception>
    public float[] Read(OutputRow row)
    {
        Volatile.Write(ref _width, row.Width);
        var masks = row.Ids.Count(mask);
        var each = row.Asked.Length > 0 ? row.Asked.Length : Math.Min(FillMaskRequest.MostCandidates, row.Width);
        var result = MaskRow.Create(masks, each);
        var scores = ArrayPool<float>.Shared.Rent(row.Width);
        for (int token = 0, place = 0; place < masks; token++)
        {
            if (row.Ids[token] != mask) continue;
            var all = scores.AsSpan(0, row.Width);
            SoftMax(row.Token(token), all);
            var candidates = MaskRow.Mask(result, place++);
            if (row.Asked.Length > 0) Pick(all, row.Asked, candidates);
            else PickBest(all, each, candidates);
        }

        ArrayPool<float>.Shared.Return(scores);
        return result;
    }

    private static void SoftMax(ReadOnlySpan<float> logits, Span<float> scores)
    {
        // Shifted by the largest logit, so that the exponential cannot overflow.
        var most = TensorPrimitives.Max(logits);
        if (!float.IsFinite(most)) throw new InvalidOperationException("A mask's logits are not finite.");
        TensorPrimitives.Subtract(logits, most, scores);
        TensorPrimitives.SoftMax<float>(scores, scores);
    }

    private static void Pick(ReadOnlySpan<float> scores, ReadOnlySpan<int> ids, Span<float> candidates)
    {
        for (var i = 0; i < ids.Length; i++) (candidates[2 * i], candidates[2 * i + 1]) = (ids[i], ids[i] < scores.Length ? scores[ids[i]] : 0);
    }

    private static void PickBest(ReadOnlySpan<float> scores, int count, Span<float> candidates)
    {
        // Least first, of equals the highest id: what is in front is the first to go.
        var best = new PriorityQueue<int, (float Score, int Id)>(count);
        var least = float.NegativeInfinity;
        for (var id = 0; id < scores.Length; id++)
        {
            if (best.Count < count) best.Enqueue(id, (scores[id], -id));
            else if (scores[id] > least) best.DequeueEnqueue(id, (scores[id], -id));
            else continue;
            if (best.TryPeek(out _, out var worst)) least = worst.Score;
        }

        for (var i = count; i-- > 0;)
        {
            var id = best.Dequeue();
            (candidates[2 * i], candidates[2 * i + 1]) = (id, scores[id]);
        }
    }
}
