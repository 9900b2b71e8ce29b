using ModelServer.Admission;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using ModelServer.Telemetry;

namespace ModelServer.Tensors;

/// <summary>A graph at work for those who bring its inputs themselves. Its threads begin with the first of them.</summary>
/// <param name="model"><c>name:version</c>.</param>
/// <param name="admission">The model's own, so that both ways to it share its room.</param>
/// <param name="limits">How many threads there are and what a run holds, in elements of the largest input.</param>
internal sealed class TensorEngine(
    string model, TensorGraph graph, AdmissionGate admission, EncoderLimits limits, InferenceOptions options, ModelServerMetrics metrics, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    /// <summary>How many slices fill a run: the fewer, the less evenly can rows be divided among workers.</summary>
    private const int SlicesOfARun = 8;

    /// <summary>A graph without rows runs each request alone.</summary>
    private readonly TensorQueue _queue = new(options, graph.HasRows ? limits : limits with { BatchTokens = 1 }, time);
    private readonly Lock _gate = new();
    private TensorLoop? _loop;
    private bool _disposed;

    public TensorGraph Graph => graph;

    /// <summary>Slices that wait for a worker.</summary>
    public int Waiting => _queue.Count;

    /// <inheritdoc cref="TensorLoop.Failure"/>
    public Task<Exception> Failure => _failure.Task;

    /// <inheritdoc cref="TensorRequest(TensorGraph, TensorInput[], TensorSpec[], QueueLane, int, long)"/>
    public TensorRequest Prepare(TensorInput[] inputs, TensorSpec[] outputs, QueueLane lane, long maxOutputBytes)
        => new(graph, inputs, outputs, lane, limits.BatchTokens / SlicesOfARun, maxOutputBytes);

    /// <summary>Runs a request; who cancels it leaves the queue at once.</summary>
    /// <exception cref="OverloadedException">There is no room.</exception>
    /// <exception cref="TensorsRefusedException">The tensors do not suit the graph.</exception>
    public async Task<TensorOutput[]> RunAsync(TensorRequest request, CancellationToken cancellationToken)
    {
        using var permit = admission.Enter(request.Rows, request.Cost);
        Start();
        permit.Start();
        _queue.Add(request.Slices);
        try
        {
            return await request.Completion.WaitAsync(cancellationToken);
        }
        catch
        {
            _queue.Abandon(request);
            throw;
        }
        finally
        {
            permit.Complete(request.RanCost);
        }
    }

    /// <summary>Serves what waits, then ends the threads. The graph is freed after this.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _queue.Close();
            _loop?.Dispose();
        }
    }

    private void Start()
    {
        if (Volatile.Read(ref _loop) is not null) return;
        lock (_gate)
        {
            if (_disposed) throw new ModelNotReadyException("The model is being unloaded.");
            if (_loop is not null) return;
            var loop = new TensorLoop(model, limits.Workers, graph, _queue, metrics, time, logger);
            _ = PassOnAsync(loop.Failure);
            Volatile.Write(ref _loop, loop);
        }
    }

    private async Task PassOnAsync(Task<Exception> failure) => _failure.TrySetResult(await failure);
}
