using System.Numerics.Tensors;

namespace ModelServer.AnswerQuestions;

/// <summary>Softmax over some of a row's logits.</summary>
internal static class Probabilities
{
    /// <param name="logits"><c>[tokens]</c>.</param>
    /// <param name="counts">Which of them count; the others get 0, as do all where none does.</param>
    public static float[] Of(ReadOnlySpan<float> logits, ReadOnlySpan<bool> counts)
    {
        var (result, largest, sum) = (new float[logits.Length], float.NegativeInfinity, 0f);
        for (var i = 0; i < logits.Length; i++)
            if (counts[i]) largest = Math.Max(largest, logits[i]);
        for (var i = 0; i < logits.Length; i++)
            if (counts[i]) sum += result[i] = MathF.Exp(logits[i] - largest);
        if (sum > 0) TensorPrimitives.Divide(result, sum, result);
        return result;
    }

    /// <summary>The largest of all logits' probabilities.</summary>
    public static float OfBest(ReadOnlySpan<float> logits)
    {
        var (largest, sum) = (TensorPrimitives.Max(logits), 0f);
        foreach (var logit in logits) sum += MathF.Exp(logit - largest);
        return 1 / sum;
    }
}
