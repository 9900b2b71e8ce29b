using Microsoft.Extensions.Options;

namespace ModelServer.Caching;

/// <summary>Keeps rows in this process, up to a number of bytes; the least recently used are evicted first. Nobody writes into a row once it is kept.</summary>
internal sealed class MemoryRows(IOptions<CacheOptions> options, TimeProvider time)
{
    /// <summary>What an entry takes beside its floats, in bytes: two nodes, an array header and slack of the table.</summary>
    private const int EntryBytes = 256;
    private readonly CacheOptions _options = options.Value;
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;

    public int Count
    {
        get { lock (_gate) return _entries.Count; }
    }

    public long Bytes
    {
        get { lock (_gate) return _bytes; }
    }

    public ReadOnlyMemory<float>? Find(CacheKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var node)) return null;
            _byUse.Remove(node);
            if (time.GetElapsedTime(node.Value.KeptAt) >= _options.TimeToLive)
            {
                RemoveLocked(node.Value);
                return null;
            }

            _byUse.AddFirst(node);
            return node.Value.Row;
        }
    }

    public void Keep(CacheKey key, ReadOnlyMemory<float> row)
    {
        var entry = new Entry(key, row, time.GetTimestamp());
        if (entry.Bytes > _options.MemoryBytes) return;
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var old))
            {
                _byUse.Remove(old);
                RemoveLocked(old.Value);
            }

            _entries[key] = _byUse.AddFirst(entry);
            _bytes += entry.Bytes;
            while (_bytes > _options.MemoryBytes)
            {
                var oldest = _byUse.Last!.Value;
                _byUse.RemoveLast();
                RemoveLocked(oldest);
            }
        }
    }

    /// <summary>Under the gate; the caller has taken the entry out of the order of use.</summary>
    private void RemoveLocked(Entry entry)
    {
        _entries.Remove(entry.Key);
        _bytes -= entry.Bytes;
    }

    private sealed record Entry(CacheKey Key, ReadOnlyMemory<float> Row, long KeptAt)
    {
        public long Bytes => EntryBytes + (long)Row.Length * sizeof(float);
    }
}
