using System.Numerics.Tensors;
using ModelServer.Encoders;

namespace ModelServer.SparseEmbed;

/// <summary>A sparse vector as a row: how many numbers it would have, then index and weight of each that is not 0, by index. A float holds the indices of any vocabulary
/// exactly (up to 2^24).</summary>
internal static class SparseRow
{
    private const int MaxWidth = 1 << 24;

    /// <summary>Pools logits over the vocabulary: <c>log(1 + max(0, logit))</c> of each token, and of those the largest or the sum. Special tokens count, as in the
    /// reference; padding is left out. What a graph pools by itself is taken as it is.</summary>
    /// <param name="sums">The sum of the tokens instead of the largest.</param>
    /// <param name="twice">Whether the logarithm is taken twice.</param>
    public static RowReader Reader(bool sums, bool twice) => row =>
    {
        if (row.Width > MaxWidth) throw new InvalidOperationException("The vocabulary is too large.");
        if (!row.IsPerToken) return Pack(row.Values);
        var weights = row.Token(0).ToArray();
        if (sums) Weigh(weights, twice);
        var one = sums ? new float[row.Width] : [];
        for (var i = 1; i < row.Tokens; i++)
        {
            if (!sums)
            {
                TensorPrimitives.Max(weights, row.Token(i), weights);
                continue;
            }

            row.Token(i).CopyTo(one);
            Weigh(one, twice);
            TensorPrimitives.Add(weights, one, weights);
        }

        // The logarithm rises with its argument: the largest weight is that of the largest logit.
        if (!sums) Weigh(weights, twice);
        return Pack(weights);
    };

    /// <summary>Numbers of the whole vector.</summary>
    public static int WidthOf(ReadOnlySpan<float> row) => (int)row[0];

    /// <summary>How many are not 0.</summary>
    public static int CountOf(ReadOnlySpan<float> row) => row.Length / 2;

    public static (int Index, float Weight) At(ReadOnlySpan<float> row, int i) => ((int)row[1 + (2 * i)], row[2 + (2 * i)]);

    public static float Norm(ReadOnlySpan<float> row)
    {
        var sum = 0d;
        for (var i = 2; i < row.Length; i += 2) sum += (double)row[i] * row[i];
        return (float)Math.Sqrt(sum);
    }

    /// <summary>The product of two vectors.</summary>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0d;
        for (int i = 1, j = 1; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j]) sum += (double)a[i + 1] * b[j + 1];
            var (before, after) = (a[i] <= b[j], b[j] <= a[i]);
            if (before) i += 2;
            if (after) j += 2;
        }

        return sum;
    }

    private static void Weigh(float[] logits, bool twice)
    {
        for (var i = 0; i < logits.Length; i++)
        {
            // Not what is no number: that is to be found below.
            if (logits[i] <= 0) logits[i] = 0;
            else logits[i] = (float)Math.Log(1 + (twice ? Math.Log(1 + (double)logits[i]) : logits[i]));
        }
    }

    private static float[] Pack(ReadOnlySpan<float> weights)
    {
        var count = 0;
        foreach (var weight in weights)
        {
            if (!float.IsFinite(weight)) throw new InvalidOperationException("The sparse vector is not finite.");
            if (weight != 0) count++;
        }

        var row = new float[1 + (2 * count)];
        row[0] = weights.Length;
        for (int i = 0, at = 1; i < weights.Length; i++)
            if (weights[i] != 0) (row[at++], row[at++]) = (i, weights[i]);
        return row;
    }
}
