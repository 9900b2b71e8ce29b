using ModelServer.Admission;
using ModelServer.Runtime;
using ModelServer.Scheduling;

namespace ModelServer.Decoders;

/// <summary>Sequences waiting for a row of one decoder, in fair order. Any thread adds and removes; the loops' threads take, an idle one
/// before a busy one. <c>_gate</c> guards the fields; <see cref="Count"/> alone is read without it.</summary>
internal sealed class DecoderQueue(InferenceOptions fairness, TimeProvider time)
{
    private readonly object _gate = new();
    private readonly FairOrder<DecoderSequence> _waiting = new(fairness.MaxWait, fairness.ClientWeights, time);
    private int _idle;
    private bool _closed;

    /// <summary>How many wait, as it was a moment ago.</summary>
    public int Count => _waiting.Count;

    /// <exception cref="ModelNotReadyException">The queue is closed.</exception>
    public void Add(IReadOnlyList<DecoderSequence> sequences)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_closed) throw Unloading();
            foreach (var sequence in sequences)
            {
                sequence.QueuedAt = now;
                _waiting.Add(sequence);
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <returns>False when it does not wait here.</returns>
    public bool Remove(DecoderSequence sequence)
    {
        lock (_gate) return _waiting.Remove(sequence);
    }

    /// <summary>The next in order; null when there is none, or none that an idle loop does not take.</summary>
    /// <param name="isBusy">Whether the loop has work beside what waits here.</param>
    public DecoderSequence? TryTake(bool isBusy = false)
    {
        lock (_gate)
        {
            if (_waiting.Count <= (isBusy ? _idle : 0)) return null;
            var next = _waiting.Peek(1);
            _waiting.Take(next);
            return next[0];
        }
    }

    /// <summary>Waits for work where there is none.</summary>
    /// <param name="patience">How long at most: no time where the loop has work beside what waits here, for ever where infinite.</param>
    /// <returns>False once the queue is closed.</returns>
    public bool WaitForWork(TimeSpan patience)
    {
        lock (_gate)
        {
            var start = time.GetTimestamp();
            var left = patience;
            while (!_closed && left != TimeSpan.Zero && _waiting.Count == 0)
            {
                _idle++;
                Monitor.Wait(_gate, left);
                _idle--;
                // Woken for what another loop took.
                if (patience != Timeout.InfiniteTimeSpan) left = TimeSpan.FromTicks(Math.Max(0, (patience - time.GetElapsedTime(start)).Ticks));
            }

            return !_closed;
        }
    }

    /// <summary>Takes no more work, and fails what waits.</summary>
    /// <param name="reason">That the model is being unloaded, if null.</param>
    public void Close(Exception? reason = null)
    {
        List<DecoderSequence> waiting;
        lock (_gate)
        {
            _closed = true;
            waiting = _waiting.TakeAll();
            Monitor.PulseAll(_gate);
        }

        // All fail first, which cannot throw.
        foreach (var sequence in waiting) sequence.Fail(reason ?? Unloading());
        foreach (var sequence in waiting) sequence.ReleasePermit();
    }

    public static ModelNotReadyException Unloading() => new("The model is being unloaded.");
}
