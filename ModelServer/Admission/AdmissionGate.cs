namespace ModelServer.Admission;

/// <summary>The door in front of a model's queue: bounds waiting sequences and tokens, all of a request or none of it.</summary>
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
            if (full) throw new OverloadedException(RetryAfter());
            _sequences += sequences;
            _tokens += tokens;
            return new Permit(this, sequences, tokens);
        }
    }

    /// <summary>How long what is pending takes at the rate measured lately.</summary>
    private TimeSpan RetryAfter()
    {
        if (_tokensPerSecond <= 0) return TimeSpan.FromSeconds(1);
        var seconds = Math.Clamp(_tokens / _tokensPerSecond, 1, MaxRetryAfter.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }

    private void Leave(int sequences, long tokens)
    {
        lock (_gate)
        {
            _sequences -= sequences;
            _tokens -= tokens;
            Measure(tokens);
        }
    }

    /// <summary>Drain rate over windows of at least a second, half of the old value kept.</summary>
    private void Measure(long tokens)
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

    /// <summary>A request's place; given back when disposed.</summary>
    internal sealed class Permit(AdmissionGate admission, int sequences, long tokens) : IDisposable
    {
        private long _tokens = tokens;
        private bool _left;

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
            if (_left) return;
            _left = true;
            admission.Leave(sequences, _tokens);
        }
    }
}

/// <summary>The queue is full; try again later.</summary>
internal sealed class OverloadedException(TimeSpan retryAfter) : Exception("The model's queue is full.")
{
    public TimeSpan RetryAfter => retryAfter;
}
