namespace ModelServer.Admission;

/// <summary>Bounds the sequences and tokens that wait for a model. A request is admitted whole or not at all.</summary>
internal sealed class AdmissionGate(int maxSequences, int maxTokens, TimeProvider time)
{
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private int _sequences;
    private long _tokens;
    private double _tokensPerSecond;
    private long _rateStart;
    private long _rateTokens;

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

    /// <summary>Estimates how long the pending tokens take at the drain rate measured last. Under the gate.</summary>
    private TimeSpan RetryAfterLocked()
    {
        if (_tokensPerSecond <= 0) return TimeSpan.FromSeconds(1);
        var seconds = Math.Clamp(_tokens / _tokensPerSecond, 1, MaxRetryAfter.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }

    private void Release(int sequences, long tokens)
    {
        lock (_gate)
        {
            _sequences -= sequences;
            _tokens -= tokens;
            MeasureLocked(tokens);
        }
    }

    /// <summary>Measures the drain rate over windows of at least a second; a new measurement counts half. Under the gate.</summary>
    private void MeasureLocked(long tokens)
    {
        if (_rateStart == 0) _rateStart = time.GetTimestamp();
        _rateTokens += tokens;
        var seconds = time.GetElapsedTime(_rateStart).TotalSeconds;
        if (seconds < 1) return;
        var rate = _rateTokens / seconds;
        _tokensPerSecond = _tokensPerSecond == 0 ? rate : (_tokensPerSecond + rate) / 2;
        _rateStart = time.GetTimestamp();
        _rateTokens = 0;
    }

    /// <summary>The room that a request was admitted to; disposing releases it.</summary>
    internal sealed class Permit(AdmissionGate admission, int sequences, long tokens) : IDisposable
    {
        private long _tokens = tokens;
        private bool _released;

        /// <summary>Replaces the upper bound by the true count.</summary>
        public void Correct(long tokens)
        {
            lock (admission._gate)
            {
                admission._tokens += tokens - _tokens;
                _tokens = tokens;
            }
        }

        public void Dispose()
        {
            if (_released) return;
            _released = true;
            admission.Release(sequences, _tokens);
        }
    }
}

/// <summary>The queue has no room for a request.</summary>
internal sealed class OverloadedException(TimeSpan retryAfter) : Exception("The model's queue is full.")
{
    public TimeSpan RetryAfter => retryAfter;
}
