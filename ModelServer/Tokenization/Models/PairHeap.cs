using System.Buffers;

namespace ModelServer.Tokenization.Models;

/// <summary>A heap of places by rank, then by place: four children to a node, which keeps it shallow, and one number to an entry.</summary>
internal ref struct PairHeap(int capacity)
{
    private ulong[] _entries = ArrayPool<ulong>.Shared.Rent(capacity);
    private int _count;

    /// <summary>Adds a pair; one that does not merge is left out.</summary>
    public void Add(int rank, int place)
    {
        if (rank == MergeTable.None) return;
        if (_count == _entries.Length) Grow();
        var entry = (ulong)(uint)rank << 32 | (uint)place;
        var at = _count++;
        for (; at > 0 && _entries[(at - 1) / 4] > entry; at = (at - 1) / 4) _entries[at] = _entries[(at - 1) / 4];
        _entries[at] = entry;
    }

    public bool TryTake(out int rank, out int place)
    {
        (rank, place) = (0, 0);
        if (_count == 0) return false;
        (rank, place) = ((int)(_entries[0] >> 32), (int)(uint)_entries[0]);
        var last = _entries[--_count];
        var at = 0;
        for (int child; (child = Lowest(at)) > 0 && _entries[child] < last; at = child) _entries[at] = _entries[child];
        _entries[at] = last;
        return true;
    }

    /// <summary>Gives the memory back; the heap must not be used afterwards.</summary>
    public readonly void Return() => ArrayPool<ulong>.Shared.Return(_entries);

    /// <summary>The lowest child of a node, or 0 where it has none.</summary>
    private readonly int Lowest(int parent)
    {
        var (first, best) = (parent * 4 + 1, 0);
        for (var child = first; child < Math.Min(first + 4, _count); child++)
        {
            if (best == 0 || _entries[child] < _entries[best]) best = child;
        }

        return best;
    }

    private void Grow()
    {
        var grown = ArrayPool<ulong>.Shared.Rent(_count * 2);
        _entries.AsSpan(0, _count).CopyTo(grown);
        ArrayPool<ulong>.Shared.Return(_entries);
        _entries = grown;
    }
}
