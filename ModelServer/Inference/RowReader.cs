namespace ModelServer.Inference;

/// <summary>Makes a task's result of one input's part of the output, on the inference thread, before the engine's memory is given back.</summary>
/// <param name="row"><c>[width]</c> floats, or <c>[tokens × width]</c> where the output has one vector for each token; padding is left out.</param>
/// <param name="tokens">The input's length in tokens.</param>
internal delegate float[] RowReader(ReadOnlySpan<float> row, int tokens);

internal static class RowReaders
{
    /// <summary>The row as it is.</summary>
    public static float[] Copy(ReadOnlySpan<float> row, int tokens) => row.ToArray();
}
