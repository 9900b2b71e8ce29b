using System.Numerics.Tensors;

namespace ModelServer.SentenceTransformers;

/// <summary>One step behind the pooling, or behind the tokens where nothing is pooled: makes one vector of another.</summary>
/// <param name="inputWidth">Floats that it takes; null for any number.</param>
/// <param name="outputWidth">Floats that it gives; null for as many as it takes.</param>
internal abstract class VectorStep(int? inputWidth, int? outputWidth)
{
    public int? InputWidth => inputWidth;

    public int? OutputWidth => outputWidth;

    /// <param name="vector">May be written into.</param>
    public abstract float[] Apply(float[] vector);
}

/// <summary>A linear layer: <c>activation(W x + b)</c>, and in PyLate's form <c>+ R x</c>.</summary>
/// <param name="weights"><c>[outputs × inputs]</c>, a row for each output.</param>
/// <param name="bias">Null for none.</param>
/// <param name="activation">Works in place.</param>
/// <param name="residual">What is added in the end: empty for the vector itself, <c>[outputs × inputs]</c> for its projection, null for nothing.</param>
internal sealed class DenseStep(int inputs, int outputs, float[] weights, float[]? bias, Action<Span<float>> activation, float[]? residual = null) : VectorStep(inputs, outputs)
{
    public override float[] Apply(float[] vector)
    {
        var result = Times(weights, vector);
        if (bias is not null) TensorPrimitives.Add(result, bias, result);
        activation(result);
        if (residual is not null) TensorPrimitives.Add(result, residual is [] ? vector : Times(residual, vector), result);
        return result;
    }

    private float[] Times(float[] matrix, float[] vector)
    {
        var result = new float[outputs];
        for (var i = 0; i < outputs; i++) result[i] = TensorPrimitives.Dot<float>(matrix.AsSpan(i * inputs, inputs), vector);
        return result;
    }
}

/// <summary>Subtracts the mean, divides by the deviation, scales and shifts, as <c>torch.nn.LayerNorm</c>.</summary>
internal sealed class LayerNormStep(float[] scale, float[] shift) : VectorStep(scale.Length, scale.Length)
{
    private const float Epsilon = 1e-5f;

    public override float[] Apply(float[] vector)
    {
        TensorPrimitives.Subtract(vector, TensorPrimitives.Sum<float>(vector) / vector.Length, vector);
        var variance = TensorPrimitives.SumOfSquares<float>(vector) / vector.Length;
        TensorPrimitives.Divide(vector, MathF.Sqrt(variance + Epsilon), vector);
        TensorPrimitives.MultiplyAdd(vector, scale, shift, vector);
        return vector;
    }
}

/// <summary>Makes the length 1.</summary>
internal sealed class NormalizeStep() : VectorStep(null, null)
{
    public override float[] Apply(float[] vector)
    {
        Normalize(vector);
        return vector;
    }

    /// <summary>Makes the length 1; a vector of zeros stays one.</summary>
    public static void Normalize(Span<float> vector)
    {
        // As torch.nn.functional.normalize bounds it.
        const float Smallest = 1e-12f;
        TensorPrimitives.Divide(vector, Math.Max(TensorPrimitives.Norm<float>(vector), Smallest), vector);
    }
}
