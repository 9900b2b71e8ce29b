namespace ModelServer.Admission;

/// <summary>Bounds the sequences and tokens that wait for a model. A request is admitted whole or not at all.</summary>
internal sealed class AdmissionGate(int maxSequences, int maxTokens, TimeProvider time)
{
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private int _sequences;
    private long _tokens;
    private double _tokensPerSecond;

    /// <summary>Requests that the engine has work of. While there are none its time says nothing of its speed.</summary>
    private int _atWork;
    private long _atWorkSince;

    /// <summary>What the current measurement consists of.</summary>
    private TimeSpan _busy;
    private long _ranTokens;

    /// <summary>Tokens admitted and not yet answered.</summary>
    public long PendingTokens
    {
        get { lock (_gate) return _tokens; }
    }

    /// <summary>Reserves room by an upper bound, before any work is done for the request.</summary>
    /// <exception cref="OverloadedException">There is no room now. A request larger than the whole queue is let in when it is empty.</exception>
    public Permit Enter(int sequences, long tokens)
    {
        lock (_gate)
        {
            var full = _sequences > 0 && (_sequences + sequences > maxSequences || _tokens + tokens > maxTokens);
            if (full) throw new OverloadedException(RetryAfterLocked());
            _sequences += sequences;
            _tokens += tokens;
            return new Permit(this, sequences, tokens);
        }
    }

    /// <summary>Refuses what there is no room for now and reserves nothing: before work that shows how much is to be reserved.</summary>
    /// <inheritdoc cref="Enter"/>
    public void Check(int sequences, long tokens) => Enter(sequences, tokens).Dispose();

    /// <summary>Estimates how long the pending tokens take at the drain rate measured last. Under the gate.</summary>
    private TimeSpan RetryAfterLocked()
    {
        if (_tokensPerSecond <= 0) return TimeSpan.FromSeconds(1);
        var seconds = Math.Clamp(_tokens / _tokensPerSecond, 1, MaxRetryAfter.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }

    private void StartLocked()
    {
        if (_atWork++ == 0) _atWorkSince = time.GetTimestamp();
    }

    /// <summary>Measures the drain rate over the time that the engine had work, at least a second of it; a new measurement counts half. Under the gate.</summary>
    private void EndLocked(long ranTokens)
    {
        var now = time.GetTimestamp();
        _busy += time.GetElapsedTime(_atWorkSince, now);
        _atWorkSince = now;
        _atWork--;
        _ranTokens += ranTokens;
        if (_busy.TotalSeconds < 1 || _ranTokens == 0) return;
        var rate = _ranTokens / _busy.TotalSeconds;
        _tokensPerSecond = _tokensPerSecond == 0 ? rate : (_tokensPerSecond + rate) / 2;
        (_busy, _ranTokens) = (TimeSpan.Zero, 0);
    }

    /// <summary>The room that a request was admitted to; disposing releases it.</summary>
    internal sealed class Permit(AdmissionGate admission, int sequences, long tokens) : IDisposable
    {
        private int _sequences = sequences;
        private long _tokens = tokens;
        private bool _started;
        private bool _released;

        /// <summary>Whether nobody else is admitted now.</summary>
        public bool IsAlone
        {
            get { lock (admission._gate) return admission._sequences == _sequences; }
        }

        /// <summary>Replaces the upper bound by the true count.</summary>
        /// <param name="sequences">Where that was a bound too; null where it was right.</param>
        public void Correct(long tokens, int? sequences = null)
        {
            lock (admission._gate)
            {
                var others = (sequences ?? _sequences) - _sequences;
                admission._sequences += others;
                _sequences += others;
                admission._tokens += tokens - _tokens;
                _tokens = tokens;
            }
        }

        /// <summary>The engine gets work of the request from now on until it ends. A second call does nothing.</summary>
        public void Start()
        {
            lock (admission._gate)
            {
                if (_started || _released) return;
                _started = true;
                admission.StartLocked();
            }
        }

        /// <summary>Releases the room and tells how many tokens the engine really ran, which is what the drain rate is measured by. What was refused, abandoned in the queue
        /// or failed ran none. A second call does nothing.</summary>
        public void Complete(long ranTokens)
        {
            lock (admission._gate)
            {
                if (_released) return;
                _released = true;
                admission._sequences -= _sequences;
                admission._tokens -= _tokens;
                if (_started) admission.EndLocked(ranTokens);
            }
        }

        public void Dispose() => Complete(0);
    }
}

/// <summary>The queue has no room for a request.</summary>
internal sealed class OverloadedException(TimeSpan retryAfter) : Exception("The model's queue is full.")
{
    public TimeSpan RetryAfter => retryAfter;
}
