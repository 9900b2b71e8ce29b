using ModelServer.Admission;
using ModelServer.Runtime;
using ModelServer.Scheduling;

namespace ModelServer.Batching;

/// <summary>Queues the work that waits for one graph; its workers take it in batches, in the fair order of all queues here.</summary>
/// <param name="options">How clients share.</param>
/// <param name="limits">How batches are made.</param>
internal abstract class BatchQueue<TItem, TBatch>(InferenceOptions options, EncoderLimits limits, TimeProvider time)
    where TItem : class, IBatched
    where TBatch : Batch<TItem>
{
    /// <summary>How much there is, first in order, that the packer chooses from.</summary>
    private const int Window = 128;

    /// <summary>What a run costs of its own is at most this part of it where work is divided among idle workers.</summary>
    private const int LeastOverheads = 4;
    private readonly object _gate = new();
    private readonly FairOrder<TItem> _waiting = new(options.MaxWait, options.ClientWeights, time);

    /// <summary>Workers that have nothing to do. Under the gate.</summary>
    private int _idle;
    private bool _closed;
    private InlineRuns<TItem, TBatch>? _inline;

    /// <summary>Whether a batch runs on the thread that brought it. Under the gate.</summary>
    private bool _runsInline;

    public int Count
    {
        get { lock (_gate) return _waiting.Count; }
    }

    /// <summary>From here on work that finds every worker idle is run by the thread that brings it, where it suits: it would wait for a worker to wake, and then be woken itself.
    /// It counts as a worker's: there are never more runs than workers.</summary>
    public void AllowInline(InlineRuns<TItem, TBatch> runs)
    {
        lock (_gate) _inline = runs;
    }

    /// <summary>Queues work, or runs it before this returns.</summary>
    /// <exception cref="ModelNotReadyException">It is closed.</exception>
    public virtual void Add(IReadOnlyList<TItem> items)
    {
        var now = time.GetTimestamp();
        TBatch? own = null;
        lock (_gate)
        {
            if (_closed) throw new ModelNotReadyException("The model is being unloaded.");
            foreach (var item in items)
            {
                item.QueuedAt = now;
                _waiting.Add(item);
            }

            try
            {
                if (IsForInlineLocked(items)) own = TakeLocked();
                _runsInline |= own is not null;
            }
            finally
            {
                // What could not be taken here is a worker's as well.
                if (items.Count > 1) Monitor.PulseAll(_gate);
                else if (own is null) Monitor.Pulse(_gate);
            }
        }

        if (own is not null) RunInline(own);
    }

    /// <summary>Blocks until there is work, then takes a batch; null once the queue is closed and empty.</summary>
    public TBatch? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 || IsInlineRunInPlaceLocked() || StillFillingLocked())
            {
                if (_waiting.Count > 0 && !IsInlineRunInPlaceLocked()) continue;
                if (_closed && _waiting.Count == 0) return null;
                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }

            var batch = TakeLocked();
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

    /// <summary>Takes no more work and fails what waits, as the graph cannot go on.</summary>
    public void Fail(Func<Exception> reason)
    {
        List<TItem> waiting;
        lock (_gate)
        {
            _closed = true;
            waiting = _waiting.TakeAll();
            Monitor.PulseAll(_gate);
        }

        foreach (var item in waiting) item.Fail(reason());
    }

    /// <summary>Blocks until no thread that brought work runs it. None begins once the queue is closed.</summary>
    public void AwaitInline()
    {
        lock (_gate)
        {
            while (_runsInline) Monitor.Wait(_gate);
        }
    }

    /// <summary>Takes what waits of these out of the queue.</summary>
    protected void Remove(IReadOnlyList<TItem> items)
    {
        lock (_gate)
        {
            foreach (var item in items) _waiting.Remove(item);
        }
    }

    /// <summary>Whether two may share a run at all.</summary>
    protected virtual bool AreAlike(TItem first, TItem other) => true;

    /// <summary>Makes a batch of what is about to be run. Under the queue's lock.</summary>
    /// <param name="isFull">Whether something that waits was left for the next.</param>
    protected abstract TBatch Start(TItem[] chosen, bool isFull, long now);

    /// <summary>Whether work that was just added is all there is to do, and soon done.</summary>
    private bool IsForInlineLocked(IReadOnlyList<TItem> added)
        => _inline is not null && added.Count == 1 && _waiting.Count == 1 && _idle == _inline.Workers && !_runsInline && limits.BatchDelay == TimeSpan.Zero && _inline.Suits(added[0]);

    /// <summary>Whether a worker who is awake has to leave his place to the run on another thread, as no other worker is idle in his stead.</summary>
    private bool IsInlineRunInPlaceLocked() => _runsInline && _idle == 0;

    private void RunInline(TBatch batch)
    {
        try
        {
            _inline!.Run(batch);
        }
        finally
        {
            lock (_gate)
            {
                _runsInline = false;
                if (_closed) Monitor.PulseAll(_gate);
                else if (_waiting.Count > 0) Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>On devices that are configured to wait for fuller batches: waits for more work, and says whether to look again.</summary>
    private bool StillFillingLocked()
    {
        if (limits.BatchDelay == TimeSpan.Zero || _closed) return false;
        var oldest = _waiting.Peek(Window);
        var left = limits.BatchDelay - time.GetElapsedTime(oldest.Min(i => i.QueuedAt));
        // Beyond the window nothing is looked at, so that waiting would not fill the batch.
        if (left <= TimeSpan.Zero || oldest.Count == Window || oldest.Sum(i => (long)i.Rows) * oldest.Max(i => i.Length) >= limits.BatchTokens) return false;
        Monitor.Wait(_gate, left);
        return true;
    }

    private TBatch TakeLocked()
    {
        var window = _waiting.Peek(Window);
        window.RemoveAll(item => !AreAlike(window[0], item));
        Span<PackedRows> rows = stackalloc PackedRows[window.Count];
        // What was queued together is answered together: it has one place.
        for (var (i, place) = (0, 0); i < rows.Length; i++)
        {
            if (window[i].QueuedAt != window[place].QueuedAt) place = i;
            rows[i] = new(window[i].Rows, limits.Columns ?? window[i].Length, place);
        }

        var chosen = Array.ConvertAll(BatchPacker.Pack(rows, BudgetLocked(), limits.RunOverhead, limits.EqualLengths), i => window[i]);
        var batch = Start(chosen, isFull: _waiting.Count > chosen.Length, time.GetTimestamp());
        // Last: whatever fails before leaves them where they are failed with all others.
        _waiting.Take(chosen);
        return batch;
    }

    /// <summary>Leaves their share to idle workers, as long as what a run costs of its own is little beside it. Devices on which fuller batches are waited for are not divided.</summary>
    private int BudgetLocked()
    {
        if (_idle == 0 || limits.BatchDelay > TimeSpan.Zero) return limits.BatchTokens;
        var share = (_waiting.Cost + _idle) / (_idle + 1);
        return (int)Math.Clamp(share, Math.Min(limits.BatchTokens, LeastOverheads * limits.RunOverhead), limits.BatchTokens);
    }
}
