using System.Numerics.Tensors;

namespace ModelServer.Classify;

/// <summary>Scores from logits, as Hugging Face's text-classification pipeline computes them.</summary>
internal static class ClassificationScores
{
    /// <summary>Softmax over the labels, or a sigmoid for each when several may hold at once.</summary>
    /// <param name="logits">One row of logits, <c>[labels]</c>.</param>
    public static float[] From(ReadOnlySpan<float> logits, bool multiLabel)
    {
        var scores = new float[logits.Length];
        if (multiLabel) TensorPrimitives.Sigmoid(logits, scores);
        else
        {
            // Shifted by the largest logit, so that the exponential cannot overflow.
            TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), scores);
            TensorPrimitives.SoftMax<float>(scores, scores);
        }

        return scores;
    }
}
