using System.Numerics.Tensors;

namespace ModelServer.Sampling;

/// <summary>Chooses an index in proportion to its weight.</summary>
internal static class WeightedChoice
{
    private const int Block = 1024;

    /// <param name="weights">Not negative, at least one of them positive; those of 0 are never chosen.</param>
    /// <param name="unit">From 0 to below 1.</param>
    public static int Pick(ReadOnlySpan<float> weights, double unit)
    {
        var goal = unit * Sum(weights);
        var (start, below) = FindBlock(weights, goal);
        var last = start;
        for (var i = start; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            below += weights[i];
            if (below > goal) return i;
            last = i;
        }

        // Rounding may leave the goal a little beyond the last weight.
        return weights[last] > 0 ? last : weights.LastIndexOfAnyExcept(0f);
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        var sum = 0.0;
        for (var start = 0; start < weights.Length; start += Block) sum += TensorPrimitives.Sum(BlockAt(weights, start));
        return sum;
    }

    /// <summary>The block in which the running sum passes the goal, and the sum of those before it.</summary>
    private static (int Start, double Below) FindBlock(ReadOnlySpan<float> weights, double goal)
    {
        var (start, below) = (0, 0.0);
        while (true)
        {
            var sum = TensorPrimitives.Sum(BlockAt(weights, start));
            if (below + sum > goal || start + Block >= weights.Length) return (start, below);
            below += sum;
            start += Block;
        }
    }

    private static ReadOnlySpan<float> BlockAt(ReadOnlySpan<float> weights, int start) => weights.Slice(start, Math.Min(Block, weights.Length - start));
}
