using ModelServer.Runtime;

namespace ModelServer.Caching;

/// <summary>A row that is being computed: the first request to ask for it is the leader, the others are followers and wait for what the leader gets.</summary>
internal sealed class SingleFlight
{
    private readonly TaskCompletionSource<ReadOnlyMemory<float>?> _row = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The row; null when the leader gave up and one of the followers has to lead.</summary>
    public Task<ReadOnlyMemory<float>?> Row => _row.Task;

    public void Complete(ReadOnlyMemory<float> row) => _row.TrySetResult(row);

    /// <summary>An engine that failed on this input fails all followers. Any other reason was the leader's own: it left, its time was up, it found no room.</summary>
    public void Fail(Exception reason)
    {
        if (reason is not InferenceFailedException) _row.TrySetResult(null);
        else if (_row.TrySetException(reason)) _ = _row.Task.Exception;
    }
}
