namespace ServiceDefaults;

/// <summary>Leaves a dependency alone after a number of failures in a row; when the pause is over, lets one try through in each pause.</summary>
public sealed class CircuitBreaker(int failures, TimeSpan pause, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _failed;
    private long _pausedAt;
    private bool _open;

    /// <summary>Whether to try now. A try need not report back: another is let through a pause later.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!_open) return true;
            if (time.GetElapsedTime(_pausedAt) < pause) return false;
            _pausedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <returns>True when this closed it.</returns>
    public bool Succeed()
    {
        lock (_gate)
        {
            _failed = 0;
            var closes = _open;
            _open = false;
            return closes;
        }
    }

    /// <returns>True when this opened it.</returns>
    public bool Fail()
    {
        lock (_gate)
        {
            if (_open || ++_failed < failures) return false;
            _open = true;
            _pausedAt = time.GetTimestamp();
            return true;
        }
    }
}
