using System.Numerics.Tensors;
using ModelServer.Encoders;

namespace ModelServer.TokenClassify;

/// <summary>What a row of a token classifier holds: <c>[tokens × labels]</c> logits, special tokens included.</summary>
internal static class TokenScores
{
    /// <summary>Keeps the logits.</summary>
    /// <exception cref="InvalidOperationException">They are none to compare.</exception>
    public static float[] Read(OutputRow row)
    {
        for (var i = 0; i < row.Tokens; i++)
            if (!float.IsFinite(TensorPrimitives.Max(row.Token(i)))) throw new InvalidOperationException("A token's logits are not finite.");
        return row.Values.ToArray();
    }

    /// <summary>Softmax over the labels of each token.</summary>
    /// <param name="row">Logits; left as they are.</param>
    public static float[] Of(ReadOnlySpan<float> row, int labels)
    {
        var scores = row.ToArray();
        for (var start = 0; start < scores.Length; start += labels)
        {
            var token = scores.AsSpan(start, labels);
            // Shifted by the largest logit, so that the exponential cannot overflow.
            TensorPrimitives.Subtract(token, TensorPrimitives.Max<float>(token), token);
            TensorPrimitives.SoftMax<float>(token, token);
        }

        return scores;
    }
}
