namespace Reliability.Load;

/// <summary>Holds all clients between two requests, so that the platform can be looked at while it has nothing to do.</summary>
internal sealed class TrafficGate
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    // Guards both fields.
    private readonly Lock _lock = new();
    private TaskCompletionSource? _closed;
    private int _inside;

    /// <returns>False where the end came before the gate opened.</returns>
    public async Task<bool> EnterAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Task opens;
            lock (_lock)
            {
                if (_closed is null)
                {
                    _inside++;
                    return true;
                }

                opens = _closed.Task;
            }

            await opens.WaitAsync(end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    public void Leave()
    {
        lock (_lock) _inside--;
    }

    /// <summary>Closes the gate and waits until every request under way has ended.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        lock (_lock) _closed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            lock (_lock)
            {
                if (_inside == 0) return;
            }

            await Task.Delay(Look, cancellation);
        }
    }

    public void Open()
    {
        lock (_lock)
        {
            _closed?.TrySetResult();
            _closed = null;
        }
    }
}
