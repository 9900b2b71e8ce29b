using ModelServer.Admission;
using ModelServer.Runtime;
using ModelServer.Scheduling;

namespace ModelServer.Tensors;

/// <summary>Queues the slices that wait for one graph; its workers take them in batches of one form, in the fair order of all queues here.</summary>
/// <param name="options">How clients share.</param>
/// <param name="limits">How batches are made.</param>
internal sealed class TensorQueue(InferenceOptions options, EncoderLimits limits, TimeProvider time)
{
    /// <summary>The number of slices, first in order, that may share the first one's run.</summary>
    private const int Window = 128;
    private readonly object _gate = new();
    private readonly FairOrder<TensorSlice> _waiting = new(options.MaxWait, options.ClientWeights, time);
    private bool _closed;

    public int Count
    {
        get { lock (_gate) return _waiting.Count; }
    }

    public void Add(TensorRequest request)
    {
        var now = time.GetTimestamp();
        request.QueuedAt = now;
        lock (_gate)
        {
            if (_closed) throw new ModelNotReadyException("The model is being unloaded.");
            foreach (var slice in request.Slices)
            {
                slice.QueuedAt = now;
                _waiting.Add(slice);
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Abandons a request: what waits of it leaves the queue at once, what runs is run for nobody.</summary>
    public void Abandon(TensorRequest request)
    {
        lock (_gate)
        {
            foreach (var slice in request.Slices) _waiting.Remove(slice);
        }

        request.Abandon();
    }

    /// <summary>Blocks until there is work, then takes a batch; null once the queue is closed and empty.</summary>
    public TensorBatch? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 || StillFillingLocked())
            {
                if (_closed && _waiting.Count == 0) return null;
                if (_waiting.Count == 0) Monitor.Wait(_gate);
            }

            return TakeLocked();
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

    /// <summary>Takes no more work and fails what waits, as the graph cannot go on.</summary>
    public void Fail(Func<Exception> reason)
    {
        List<TensorSlice> waiting;
        lock (_gate)
        {
            _closed = true;
            waiting = _waiting.TakeAll();
            Monitor.PulseAll(_gate);
        }

        foreach (var slice in waiting) slice.Request.Fail(reason());
    }

    /// <summary>On devices that are configured to wait for fuller batches: waits for more work, and says whether to look again.</summary>
    private bool StillFillingLocked()
    {
        if (limits.BatchDelay == TimeSpan.Zero || _closed) return false;
        var oldest = _waiting.Peek(Window);
        var left = limits.BatchDelay - time.GetElapsedTime(oldest.Min(s => s.QueuedAt));
        if (left <= TimeSpan.Zero || oldest.Count == Window || !oldest[0].Request.HasRows || oldest.Sum(s => (long)s.Cost) >= limits.BatchTokens) return false;
        Monitor.Wait(_gate, left);
        return true;
    }

    /// <summary>The first slice and others of its form, within the budget. Rows of another length, the nearest first, are worth padding while that costs no more than a run of
    /// their own would.</summary>
    private List<TensorSlice> Company(List<TensorSlice> window)
    {
        var first = window[0];
        List<TensorSlice> chosen = [first];
        var (rows, columns, cost) = (first.Rows, first.Request.Columns, first.Cost);
        foreach (var slice in window.Skip(1).Where(s => s.Request.Form.Equals(first.Request.Form)).OrderBy(s => Math.Abs(s.Request.Columns - first.Request.Columns)))
        {
            if (Math.Abs(slice.Request.Columns - first.Request.Columns) > (limits.EqualLengths ? 0 : limits.RunOverhead)) break;
            var longest = Math.Max(columns, slice.Request.Columns);
            var padded = longest > 0 ? (rows + slice.Rows) * longest : cost + slice.Cost;
            if (padded > limits.BatchTokens) continue;
            chosen.Add(slice);
            (rows, columns, cost) = (rows + slice.Rows, longest, padded);
        }

        return chosen;
    }

    private TensorBatch TakeLocked()
    {
        var window = _waiting.Peek(Window);
        var chosen = window[0].Request.HasRows ? Company(window) : [window[0]];
        var batch = new TensorBatch(chosen, isFull: _waiting.Count > chosen.Count);
        var now = time.GetTimestamp();
        // Last: whatever fails before leaves them where they are failed with all others.
        _waiting.Take(chosen);
        foreach (var slice in chosen) slice.Start(batch, now);
        return batch;
    }
}
