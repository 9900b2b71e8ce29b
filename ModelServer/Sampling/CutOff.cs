using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelServer.Sampling;

/// <summary>Sets the weights of unlikely tokens to 0. Weights are from 0 to 1, and the highest is 1.</summary>
internal static class CutOff
{
    /// <summary>Keeps the <paramref name="k"/> highest, and all that equal the lowest of them, as Hugging Face transformers does.</summary>
    public static void TopK(Span<float> weights, int k) => Below(weights, WeightThreshold.Find(weights, k, WeightMeasure.Count));

    /// <summary>Keeps the highest that together have at least the share <paramref name="p"/>, and at least one. Of equal ones the first are kept.</summary>
    public static void TopP(Span<float> weights, float p)
    {
        var goal = Math.Max(p * WeightThreshold.Split(weights, 0, WeightMeasure.Sum).Kept, float.Epsilon);
        var threshold = WeightThreshold.Find(weights, goal, WeightMeasure.Sum);
        Below(weights, threshold);
        var kept = WeightThreshold.Split(weights, threshold, WeightMeasure.Sum).Kept;
        for (; kept - threshold >= goal && weights.LastIndexOf(threshold) is >= 0 and var last; kept -= threshold)
        {
            weights[last] = 0;
            weights = weights[..last];
        }
    }

    /// <summary>Keeps those at or above a threshold.</summary>
    public static void Below(Span<float> weights, float threshold)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var limit = new Vector<float>(threshold);
        foreach (ref var vector in vectors) vector = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(vector, limit), vector, Vector<float>.Zero);
        foreach (ref var weight in weights[(vectors.Length * Vector<float>.Count)..]) weight = weight >= threshold ? weight : 0;
    }
}
