using System.Numerics.Tensors;

namespace ModelServer.ZeroShot;

/// <summary>Which of a classifier's outputs say that a text entails a hypothesis and that it contradicts it, as Hugging Face's zero-shot-classification pipeline chooses them.</summary>
internal readonly record struct Entailment(int Entails, int Contradicts)
{
    /// <returns>Null where no label says it: the model has not learned to judge hypotheses.</returns>
    public static Entailment? Of(string[] labels)
    {
        var entails = Array.FindIndex(labels, l => l.StartsWith("entail", StringComparison.OrdinalIgnoreCase));
        return entails < 0 ? null : new(entails, entails == 0 ? labels.Length - 1 : 0);
    }

    /// <summary>Scores of one text's labels.</summary>
    /// <param name="logits">The rows of the text with each label's hypothesis, <c>[labels][outputs]</c>.</param>
    /// <param name="isMultiLabel">Whether each label is judged alone: entailment against contradiction. One that is alone always is.</param>
    public float[] Scores(ReadOnlySpan<ReadOnlyMemory<float>> logits, bool isMultiLabel)
    {
        var scores = new float[logits.Length];
        if (isMultiLabel || logits.Length == 1)
        {
            for (var i = 0; i < scores.Length; i++) scores[i] = 1 / (1 + MathF.Exp(logits[i].Span[Contradicts] - logits[i].Span[Entails]));
            return scores;
        }

        for (var i = 0; i < scores.Length; i++) scores[i] = logits[i].Span[Entails];
        // Shifted by the largest logit, so that the exponential cannot overflow.
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
        TensorPrimitives.SoftMax<float>(scores, scores);
        return scores;
    }
}
