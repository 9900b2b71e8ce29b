using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Gateway.Authentication;

/// <summary>Caches values by id. One id beyond the capacity empties it. It counts its entries itself, since a concurrent
/// dictionary takes all of its locks to count them.</summary>
internal sealed class BoundedMemory<T>(int capacity)
{
    private readonly ConcurrentDictionary<string, T> _values = new(StringComparer.Ordinal);
    private int _count;

    public bool TryGet(string id, [MaybeNullWhen(false)] out T value) => _values.TryGetValue(id, out value);

    public void Set(string id, T value)
    {
        if (!_values.TryGetValue(id, out _) && Interlocked.Increment(ref _count) > capacity)
        {
            _values.Clear();
            Volatile.Write(ref _count, 1);
        }

        _values[id] = value;
    }
}
