using ModelServer.Models;

namespace ModelServer.Batching;

/// <summary>Sequences waiting for one model, taken in batches by its workers.</summary>
internal sealed class SequenceQueue(int batchTokens, TimeProvider time)
{
    /// <summary>How many of the oldest sequences the packer looks at.</summary>
    private const int Window = 128;
    private readonly object _gate = new();
    private readonly List<Sequence> _waiting = [];
    private bool _closed;

    public int Count
    {
        get { lock (_gate) return _waiting.Count; }
    }

    public void Add(IReadOnlyList<Sequence> sequences)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_closed) throw new ModelNotReadyException("The model is being unloaded.");
            foreach (var sequence in sequences)
            {
                sequence.QueuedAt = now;
                _waiting.Add(sequence);
            }

            if (sequences.Count > 1) Monitor.PulseAll(_gate);
            else Monitor.Pulse(_gate);
        }
    }

    /// <summary>Blocks until there is work, then takes a batch; null once the queue is closed and empty.</summary>
    public List<Sequence>? Take()
    {
        lock (_gate)
        {
            while (true)
            {
                DropAbandoned();
                if (_waiting.Count > 0) return TakeBatch();
                if (_closed) return null;
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>No more work comes in; what waits is still served.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private List<Sequence> TakeBatch()
    {
        Span<int> lengths = stackalloc int[Math.Min(Window, _waiting.Count)];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = _waiting[i].Ids.Length;
        var chosen = BatchPacker.Pack(lengths, batchTokens);
        var batch = chosen.ConvertAll(i => _waiting[i]);
        for (var i = chosen.Count - 1; i >= 0; i--) _waiting.RemoveAt(chosen[i]);
        var now = time.GetTimestamp();
        foreach (var sequence in batch) sequence.StartedAt = now;
        return batch;
    }

    private void DropAbandoned() => _waiting.RemoveAll(static sequence =>
    {
        if (!sequence.IsAbandoned) return false;
        sequence.Abandon();
        return true;
    });
}
