namespace ServiceDefaults.Redis;

/// <summary>Leaves a dependency alone after a number of failures in a row. Closed, it lets every call through. Open, it lets none through until the
/// pause is over. Then it is half-open: one call in each pause is let through, and the first that succeeds closes it.</summary>
public sealed class CircuitBreaker(int failures, TimeSpan pause, TimeProvider time)
{
    // Guards all fields.
    private readonly Lock _gate = new();
    private State _state;
    private int _failed;
    private long _pausedAt;

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    /// <summary>Decides whether a call may be made now. A call need not report back: another is let through a pause later.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_state == State.Closed) return true;
            if (time.GetElapsedTime(_pausedAt) < pause) return false;
            _state = State.HalfOpen;
            _pausedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <returns>True when this closed the breaker.</returns>
    public bool Succeed()
    {
        lock (_gate)
        {
            var closes = _state != State.Closed;
            _state = State.Closed;
            _failed = 0;
            return closes;
        }
    }

    /// <returns>True when this opened the breaker; false also when it is open again after a call that it let through half-open.</returns>
    public bool Fail()
    {
        lock (_gate)
        {
            if (_state == State.Closed)
            {
                if (++_failed < failures) return false;
                _state = State.Open;
                _pausedAt = time.GetTimestamp();
                return true;
            }

            _state = State.Open;
            return false;
        }
    }
}
