namespace ModelServer.OpenAI;

/// <summary>Interrupts waits that last too long, and every wait once the caller has left. One timer for a whole stream: a wait costs no more than setting it.</summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly CancellationToken _left;
    private readonly CancellationTokenRegistration _registration;
    private volatile CancellationTokenSource _wait;

    /// <param name="interval">Longest wait.</param>
    /// <param name="left">The caller is gone.</param>
    public Heartbeat(TimeSpan interval, TimeProvider time, CancellationToken left)
    {
        (_interval, _time, _left) = (interval, time, left);
        _wait = new CancellationTokenSource(interval, time);
        _registration = left.UnsafeRegister(static h => ((Heartbeat)h!)._wait.Cancel(), this);
    }

    /// <summary>Whether the last wait was interrupted because it lasted too long.</summary>
    public bool IsDue => _wait.IsCancellationRequested && !_left.IsCancellationRequested;

    /// <summary>A wait begins.</summary>
    public CancellationToken Start()
    {
        if (!_wait.IsCancellationRequested)
        {
            _wait.CancelAfter(_interval);
            return _wait.Token;
        }

        // The old one is left to the collector: its timer has fired, and who leaves in this moment cancels it, which a disposed one answers with an
        // exception, on a thread of the connection or of a deadline's timer, where it would end the process.
        _wait = new CancellationTokenSource(_interval, _time);
        // Who left in between has cancelled the old one.
        return _left.IsCancellationRequested ? _left : _wait.Token;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _wait.Dispose();
    }
}
