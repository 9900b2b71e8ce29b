using ModelServer.Batching;
using ModelServer.Scheduling;

namespace ModelServer.Tensors;

/// <summary>Rows of one request that wait for a run together; all of them where the graph has no rows.</summary>
/// <param name="request">Whose they are.</param>
/// <param name="first">The first of them.</param>
/// <param name="rows">How many there are.</param>
/// <param name="length">Elements of one of them in the largest input.</param>
internal sealed class TensorSlice(TensorRequest request, int first, int rows, int length) : IBatched
{
    private TensorBatch? _batch;
    private int _left;

    public TensorRequest Request => request;

    public int First => first;

    public int Rows => rows;

    public int Length => length;

    public int Cost => rows * length;

    public QueueLane Lane => request.Lane;

    public long QueuedAt { get; set; }

    public double Tag { get; set; }

    public void Fail(Exception reason) => request.Fail(reason);

    /// <summary>It is about to be run in a batch, which its caller may leave from now on.</summary>
    public void Start(TensorBatch batch, long now)
    {
        Volatile.Write(ref _batch, batch);
        request.Started(now);
        // Whoever left before this was seen did not find the batch.
        if (request.IsAbandoned) Leave();
    }

    /// <summary>Its caller waits no more; the last one to leave a batch ends its run.</summary>
    public void Leave()
    {
        if (Volatile.Read(ref _batch) is { } batch && Interlocked.Exchange(ref _left, 1) == 0) batch.Leave();
    }
}
