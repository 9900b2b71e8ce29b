using System.Numerics.Tensors;
using ModelServer.Encoders;

namespace ModelServer.AnswerQuestions;

/// <summary>What the engine made of one window: <c>[tokens]</c> logits of an answer's start and <c>[tokens]</c> of its end.</summary>
internal readonly ref struct TokenLogits(ReadOnlySpan<float> row)
{
    public ReadOnlySpan<float> Start { get; } = row[..(row.Length / 2)];

    public ReadOnlySpan<float> End { get; } = row[(row.Length / 2)..];

    /// <summary>Reads a row of one of the two outputs.</summary>
    public static float[] Read(OutputRow row)
        => float.IsFinite(TensorPrimitives.Sum(row.Values)) ? RowReaders.Copy(row) : throw new InvalidOperationException("The logits are not finite.");
}
