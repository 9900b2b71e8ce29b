namespace ModelServer.Sampling;

/// <summary>Rows to compute in, for one thread; any number of sequences may take turns.</summary>
internal sealed class SamplingBuffers
{
    private float[] _logits = [];
    private float[] _weights = [];

    public Span<float> Logits(int vocabulary) => Row(ref _logits, vocabulary);

    public Span<float> Weights(int vocabulary) => Row(ref _weights, vocabulary);

    private static Span<float> Row(ref float[] row, int length)
    {
        if (row.Length < length) row = new float[length];
        return row.AsSpan(0, length);
    }
}
