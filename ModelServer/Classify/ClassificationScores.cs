using System.Numerics.Tensors;

namespace ModelServer.Classify;

/// <summary>Scores from logits, as Hugging Face's text-classification pipeline computes them.</summary>
internal static class ClassificationScores
{
    /// <summary>Softmax over the labels, or a sigmoid for each when several may hold at once.</summary>
    /// <param name="logits">One row of logits, <c>[labels]</c>; overwritten by the scores and returned.</param>
    public static float[] From(float[] logits, bool multiLabel)
    {
        if (multiLabel) TensorPrimitives.Sigmoid(logits, logits);
        else
        {
            // Shifted by the largest logit, so that the exponential cannot overflow.
            TensorPrimitives.Subtract(logits, TensorPrimitives.Max<float>(logits), logits);
            TensorPrimitives.SoftMax<float>(logits, logits);
        }

        return logits;
    }
}
