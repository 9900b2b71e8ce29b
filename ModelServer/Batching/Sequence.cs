namespace ModelServer.Batching;

/// <summary>One tokenized input on its way through the engine; completed exactly once with its row of the output.</summary>
internal sealed class Sequence(int[] ids, int[] typeIds, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<float[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int[] Ids => ids;

    public int[] TypeIds => typeIds;

    /// <summary>Its caller has left or its deadline has passed: not worth running.</summary>
    public bool IsAbandoned => cancellationToken.IsCancellationRequested;

    /// <summary>Clock readings of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long QueuedAt { get; set; }

    public long StartedAt { get; set; }

    public long FinishedAt { get; set; }

    public Task<float[]> Completion => _completion.Task;

    public void Complete(float[] row) => _completion.TrySetResult(row);

    public void Fail(Exception reason) => _completion.TrySetException(reason);

    public void Abandon() => _completion.TrySetCanceled(cancellationToken);
}
