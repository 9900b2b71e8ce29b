using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelServer.Sampling;

/// <summary>Finds where to cut weights off without sorting them.</summary>
internal static class WeightThreshold
{
    private const int Block = 1024;

    /// <summary>The highest weight such that it and all as high measure at least <paramref name="goal"/>.</summary>
    /// <param name="weights">From 0 to 1; all together measure at least the goal.</param>
    public static float Find(ReadOnlySpan<float> weights, double goal, WeightMeasure measure)
    {
        // The bits of floats that are not negative order as the floats do; each step halves them and moves on to a weight that exists.
        var (low, high) = (0u, BitConverter.SingleToUInt32Bits(1));
        while (low < high)
        {
            var middle = high - ((high - low) / 2);
            var split = Split(weights, BitConverter.UInt32BitsToSingle(middle), measure);
            if (split.Kept >= goal) low = BitConverter.SingleToUInt32Bits(split.LowestKept);
            else high = BitConverter.SingleToUInt32Bits(split.HighestLeft);
        }

        return BitConverter.UInt32BitsToSingle(low);
    }

    /// <summary>What the weights at or above a threshold measure, and those nearest to it on both sides.</summary>
    public static WeightSplit Split(ReadOnlySpan<float> weights, float threshold, WeightMeasure measure)
    {
        var kept = 0.0;
        var (lowest, highest) = (Vector<float>.One, Vector<float>.Zero);
        var limit = new Vector<float>(threshold);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(weights);
        while (!vectors.IsEmpty)
        {
            // Summed up in short blocks: a float that grows long loses what is added to it.
            var block = vectors[..Math.Min(vectors.Length, Block / Vector<float>.Count)];
            vectors = vectors[block.Length..];
            var sum = Vector<float>.Zero;
            foreach (var vector in block)
            {
                var isKept = Vector.GreaterThanOrEqual(vector, limit);
                sum += Vector.ConditionalSelect(isKept, measure == WeightMeasure.Sum ? vector : Vector<float>.One, Vector<float>.Zero);
                lowest = Vector.Min(lowest, Vector.ConditionalSelect(isKept, vector, Vector<float>.One));
                highest = Vector.Max(highest, Vector.ConditionalSelect(isKept, Vector<float>.Zero, vector));
            }

            kept += Vector.Sum(sum);
        }

        var (lowestKept, highestLeft) = (1f, 0f);
        for (var i = 0; i < Vector<float>.Count; i++) (lowestKept, highestLeft) = (Math.Min(lowestKept, lowest[i]), Math.Max(highestLeft, highest[i]));
        foreach (var weight in weights[(weights.Length / Vector<float>.Count * Vector<float>.Count)..])
        {
            if (weight < threshold)
            {
                highestLeft = Math.Max(highestLeft, weight);
                continue;
            }

            kept += measure == WeightMeasure.Sum ? weight : 1;
            lowestKept = Math.Min(lowestKept, weight);
        }

        return new(kept, lowestKept, highestLeft);
    }
}

/// <param name="Kept">Sum or count of those kept.</param>
/// <param name="LowestKept">1 where none is kept.</param>
/// <param name="HighestLeft">0 where all are kept.</param>
internal readonly record struct WeightSplit(double Kept, float LowestKept, float HighestLeft);

/// <summary>What is bounded: the weights' sum or their number.</summary>
internal enum WeightMeasure
{
    Sum,
    Count,
}
