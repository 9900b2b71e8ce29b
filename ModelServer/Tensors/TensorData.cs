namespace ModelServer.Tensors;

/// <summary>Numbers of a graph's input, in the engine's form: little-endian, row by row.</summary>
internal readonly record struct TensorInput(long[] Shape, ReadOnlyMemory<byte> Data);

/// <summary>What a request gets under a name.</summary>
/// <param name="Data">Little-endian, row by row; of texts nothing.</param>
internal sealed record TensorOutput(string Name, TensorType Type, long[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>The elements of <see cref="TensorType.Text"/>.</summary>
    public string[]? Texts { get; init; }
}
