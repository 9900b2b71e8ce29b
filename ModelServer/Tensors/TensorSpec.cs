namespace ModelServer.Tensors;

/// <summary>What a graph takes or gives under a name.</summary>
/// <param name="Shape">-1 for a free axis.</param>
/// <param name="Axes">The names of free axes, alike where they have the same length; empty texts where they have none.</param>
internal sealed record TensorSpec(string Name, TensorType Type, long[] Shape, string[] Axes)
{
    public TensorSpec(string name, TensorType type, params long[] shape)
        : this(name, type, shape, [.. shape.Select(_ => "")])
    {
    }
}
