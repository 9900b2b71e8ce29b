using ModelServer.Admission;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using ModelServer.Telemetry;

namespace ModelServer.Encoders;

/// <summary>Queues the sequences that wait for one model; its workers take them in batches.</summary>
/// <param name="options">How clients share.</param>
/// <param name="limits">How batches are made.</param>
/// <param name="runs">Those of all queues; of this one alone if null.</param>
internal sealed class SequenceQueue(InferenceOptions options, EncoderLimits limits, TimeProvider time, RunCount? runs = null)
{
    /// <summary>The number of sequences, first in order, that the packer chooses from.</summary>
    private const int Window = 128;
    private readonly object _gate = new();
    private readonly FairOrder<EncoderSequence> _waiting = new(options.MaxWait, options.ClientWeights, time);
    private readonly RunCount _runs = runs ?? new();
    private bool _closed;

    public int Count
    {
        get { lock (_gate) return _waiting.Count; }
    }

    public void Add(IReadOnlyList<EncoderSequence> sequences)
    {
        var (now, request) = (time.GetTimestamp(), RequestTrace.Recorded);
        lock (_gate)
        {
            if (_closed) throw new ModelNotReadyException("The model is being unloaded.");
            foreach (var sequence in sequences)
            {
                sequence.QueuedAt = now;
                sequence.Request = request;
                _waiting.Add(sequence);
            }

            if (sequences.Count > 1) Monitor.PulseAll(_gate);
            else Monitor.Pulse(_gate);
        }
    }

    /// <summary>Abandons sequences: those that wait leave the queue at once, those that run are run for nobody.</summary>
    public void Abandon(IReadOnlyList<EncoderSequence> sequences)
    {
        lock (_gate)
        {
            foreach (var sequence in sequences) _waiting.Remove(sequence);
        }

        foreach (var sequence in sequences) sequence.Abandon();
    }

    /// <summary>Blocks until there is work, then takes a batch; null once the queue is closed and empty.</summary>
    public Batch? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 || StillFilling())
            {
                if (_closed && _waiting.Count == 0) return null;
                if (_waiting.Count == 0) Monitor.Wait(_gate);
            }

            var batch = TakeBatch();
            // One who waits for a fuller batch may have been woken for work that he then leaves: the next one is woken for it.
            if (_waiting.Count > 0) Monitor.Pulse(_gate);
            return batch;
        }
    }

    /// <summary>Takes no more work; what waits is still served.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes no more work and fails what waits, as the model cannot go on.</summary>
    public void Fail(Func<Exception> reason)
    {
        List<EncoderSequence> waiting;
        lock (_gate)
        {
            _closed = true;
            waiting = _waiting.TakeAll();
            Monitor.PulseAll(_gate);
        }

        foreach (var sequence in waiting) sequence.Fail(reason());
    }

    /// <summary>On devices that are configured to wait for fuller batches: waits for more work, and says whether to look again.</summary>
    private bool StillFilling()
    {
        if (limits.BatchDelay == TimeSpan.Zero || _closed) return false;
        var oldest = _waiting.Peek(Window);
        var left = limits.BatchDelay - time.GetElapsedTime(oldest.Min(s => s.QueuedAt));
        // Beyond the window nothing is looked at, so that waiting would not fill the batch.
        if (left <= TimeSpan.Zero || oldest.Count == Window || oldest.Count * oldest.Max(s => s.Ids.Length) >= limits.BatchTokens) return false;
        Monitor.Wait(_gate, left);
        return true;
    }

    private Batch TakeBatch()
    {
        var window = _waiting.Peek(Window);
        Span<int> lengths = stackalloc int[window.Count];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = limits.Columns ?? window[i].Ids.Length;
        var chosen = Array.ConvertAll(BatchPacker.Pack(lengths, limits.BatchTokens, limits.RunOverhead, limits.EqualLengths), i => window[i]);
        var batch = new Batch(chosen, _waiting.Count == chosen.Length ? BatchClosed.Drained : BatchClosed.Full);
        var now = time.GetTimestamp();
        // Last: whatever fails before leaves them where they are failed with all others.
        _waiting.Take(chosen);
        foreach (var sequence in chosen) sequence.Start(batch, now);
        batch.BeginRun(_runs);
        return batch;
    }
}
