using System.Diagnostics.CodeAnalysis;

namespace ModelServer.Runtime;

/// <summary>Keeps bindings for the shapes run most recently and frees the least recently run one for a new one. For one thread; finding allocates nothing.</summary>
/// <param name="capacity">Shapes kept. A binding takes about 130 bytes of native memory for each input and output of its graph.</param>
internal sealed class BindingCache<TShape, TBinding>(int capacity) : IDisposable
    where TShape : struct, IEquatable<TShape>
    where TBinding : class, IDisposable
{
    private readonly Dictionary<TShape, LinkedListNode<Entry>> _byShape = [];
    private readonly LinkedList<Entry> _recent = [];

    public int Count => _byShape.Count;

    public bool TryGet(TShape shape, [NotNullWhen(true)] out TBinding? binding)
    {
        binding = null;
        if (!_byShape.TryGetValue(shape, out var node)) return false;
        _recent.Remove(node);
        _recent.AddFirst(node);
        binding = node.Value.Binding;
        return true;
    }

    /// <summary>Keeps a binding, which this owns from here on.</summary>
    public TBinding Add(TShape shape, TBinding binding)
    {
        if (_byShape.Count == capacity && _recent.Last is { } oldest)
        {
            _recent.Remove(oldest);
            _byShape.Remove(oldest.Value.Shape);
            oldest.Value.Binding.Dispose();
        }

        _byShape.Add(shape, _recent.AddFirst(new Entry(shape, binding)));
        return binding;
    }

    /// <summary>Frees all; it can be filled again.</summary>
    public void Clear()
    {
        foreach (var entry in _recent) entry.Binding.Dispose();
        _recent.Clear();
        _byShape.Clear();
    }

    public void Dispose() => Clear();

    private readonly record struct Entry(TShape Shape, TBinding Binding);
}
