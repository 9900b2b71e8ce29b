namespace ModelServer.OpenAI;

/// <summary>Interrupts the waits of one stream: those that last too long, and every one once the caller has left. The stream's request calls it; the caller's leaving
/// comes from any thread. There is one timer for the whole stream: a wait costs no more than setting it.</summary>
internal sealed class StreamHeartbeat : IDisposable
{
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly CancellationToken _left;
    private readonly CancellationTokenRegistration _registration;
    private volatile CancellationTokenSource _wait;

    /// <param name="interval">Longest wait.</param>
    /// <param name="left">The caller is gone.</param>
    public StreamHeartbeat(TimeSpan interval, TimeProvider time, CancellationToken left)
    {
        _interval = interval;
        _time = time;
        _left = left;
        _wait = new CancellationTokenSource(interval, time);
        _registration = left.UnsafeRegister(static h => ((StreamHeartbeat)h!)._wait.Cancel(), this);
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
        // The look at the caller must not come before the new wait is seen: else each of the two could miss the other.
        Interlocked.MemoryBarrier();
        // Who left in between has cancelled the old one.
        return _left.IsCancellationRequested ? _left : _wait.Token;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _wait.Dispose();
    }
}
