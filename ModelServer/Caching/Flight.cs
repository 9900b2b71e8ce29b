using ModelServer.Encoders;

namespace ModelServer.Caching;

/// <summary>A row on its way: the first to ask for it leads, the others wait for what the leader brings.</summary>
internal sealed class Flight
{
    private readonly TaskCompletionSource<float[]?> _landing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The row, for followers to copy; null when the leader gave up and one of them has to lead.</summary>
    public Task<float[]?> Landing => _landing.Task;

    public void Land(float[] row) => _landing.TrySetResult([.. row]);

    /// <summary>An engine that failed on this input fails all who wait. Any other reason was the leader's own: it left, its time was up, it
    /// found no room.</summary>
    public void Fail(Exception reason)
    {
        if (reason is not InferenceFailedException) _landing.TrySetResult(null);
        else if (_landing.TrySetException(reason)) _ = _landing.Task.Exception;
    }
}
