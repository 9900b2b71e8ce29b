namespace ModelServer.Encoders;

/// <summary>Makes a task's result of one input's part of the output, on the inference thread, before the engine's memory is given back.</summary>
internal delegate float[] RowReader(OutputRow row);

/// <summary>One input's part of a run's output; padding is left out.</summary>
/// <param name="values"><c>[width]</c> floats, or <c>[tokens × width]</c> where the output has one vector for each token.</param>
/// <param name="tokens">The input's length in tokens.</param>
/// <param name="isPerToken">Whether the output has one vector for each token.</param>
internal readonly ref struct OutputRow(ReadOnlySpan<float> values, int tokens, bool isPerToken)
{
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>The input's tokens.</summary>
    public ReadOnlySpan<int> Ids { get; init; }

    /// <summary>See <see cref="EncoderSequence.Asked"/>.</summary>
    public ReadOnlySpan<int> Asked { get; init; }

    public int Tokens => tokens;

    public bool IsPerToken => isPerToken;

    /// <summary>Floats of one vector.</summary>
    public int Width => isPerToken ? Values.Length / tokens : Values.Length;

    /// <summary>The vector of one token.</summary>
    public ReadOnlySpan<float> Token(int index) => Values.Slice(index * Width, Width);
}

internal static class RowReaders
{
    /// <summary>The row as it is.</summary>
    public static float[] Copy(OutputRow row) => row.Values.ToArray();
}
