namespace ModelServer.Tensors;

/// <summary>What two requests must have in common to share a run: all axes of their inputs but the first, and the columns where those can be padded; and the outputs that they
/// ask for.</summary>
internal sealed class TensorForm : IEquatable<TensorForm>
{
    private const long Between = -1;
    private readonly long[] _numbers;
    private readonly int _hash;

    /// <param name="shared">Axes that may differ.</param>
    public TensorForm(IEnumerable<TensorInput> inputs, string[] outputs, int shared)
    {
        Outputs = outputs;
        _numbers = [.. inputs.SelectMany(i => i.Shape.Skip(shared).Append(Between))];
        var hash = default(HashCode);
        foreach (var number in _numbers) hash.Add(number);
        foreach (var output in outputs) hash.Add(output);
        _hash = hash.ToHashCode();
    }

    public string[] Outputs { get; }

    public bool Equals(TensorForm? other)
        => other is not null && (ReferenceEquals(this, other) || (_hash == other._hash && _numbers.AsSpan().SequenceEqual(other._numbers) && Outputs.AsSpan().SequenceEqual(other.Outputs)));

    public override bool Equals(object? obj) => Equals(obj as TensorForm);

    public override int GetHashCode() => _hash;
}
