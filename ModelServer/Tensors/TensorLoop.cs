using Microsoft.ML.OnnxRuntime;
using ModelServer.Batching;
using ModelServer.Runtime;
using ModelServer.Telemetry;

namespace ModelServer.Tensors;

/// <summary>The dedicated threads that run a graph for those who bring its inputs themselves.</summary>
internal sealed partial class TensorLoop : IDisposable
{
    private readonly TensorGraph _graph;
    private readonly ModelServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _model;
    private readonly BatchThreads<TensorSlice, TensorBatch, TensorBuffers> _threads;

    /// <param name="model">Whose they are, <c>name:version</c>.</param>
    public TensorLoop(string model, int workers, TensorGraph graph, TensorQueue queue, ModelServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        _model = model;
        _graph = graph;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _threads = new($"{model} tensors", workers, queue, () => new TensorBuffers(graph.Inputs), Run, time);
    }

    /// <inheritdoc cref="BatchThreads{TItem, TBatch, TBuffers}.Failure"/>
    public Task<Exception> Failure => _threads.Failure;

    /// <inheritdoc cref="BatchThreads{TItem, TBatch, TBuffers}.Dispose"/>
    public void Dispose() => _threads.Dispose();

    private void Run(TensorBatch batch, TensorBuffers buffers)
    {
        try
        {
            RunOnce(batch, buffers);
            _metrics.BatchRan(_model, batch.Rows, batch.Tokens, batch.PaddedTokens, batch.IsFull ? "full" : "drained");
        }
        catch (Exception e)
        {
            // One that everybody left was ended on purpose.
            if (batch.Slices.All(s => s.Request.IsAbandoned)) return;
            TensorSlice[][] requests = [.. batch.Slices.GroupBy(s => s.Request).Select(g => g.ToArray())];
            if (requests is [[var slice, ..]]) slice.Request.Fail(Judge(slice.Request, e));
            else RunApart(requests, buffers);
        }
        finally
        {
            _metrics.Wasted(_model, batch.Slices.Sum(s => s.Request.IsAbandoned ? s.Cost : 0));
        }
    }

    /// <summary>Runs the requests of a failed batch one by one, so that only the one at fault fails.</summary>
    private void RunApart(TensorSlice[][] requests, TensorBuffers buffers)
    {
        foreach (var slices in requests)
        {
            var request = slices[0].Request;
            if (request.IsAbandoned) continue;
            using var alone = new TensorBatch(slices, isFull: false);
            try
            {
                RunOnce(alone, buffers);
            }
            catch (Exception e)
            {
                request.Fail(Judge(request, e));
            }
        }
    }

    private void RunOnce(TensorBatch batch, TensorBuffers buffers)
    {
        var request = batch.Slices[0].Request;
        var values = buffers.Fill(batch);
        try
        {
            using var outputs = _graph.Run(batch.Run, values, request.Form.Outputs);
            Read(batch, outputs);
        }
        finally
        {
            foreach (var value in values) value.Dispose();
        }
    }

    private void Read(TensorBatch batch, IReadOnlyList<OrtValue> outputs)
    {
        var isOfRows = batch.Slices[0].Request.HasRows;
        for (var i = 0; i < outputs.Count; i++)
        {
            var shape = outputs[i].GetTensorTypeAndShape().Shape;
            if (isOfRows && shape[0] != batch.Rows) throw new TensorsRefusedException("The graph does not answer a row for each row that it gets.");
            ReadOnlySpan<byte> data = outputs[i].GetTensorMutableRawData();
            var (row, at) = (data.Length / batch.Rows, 0);
            foreach (var slice in batch.Slices)
            {
                var part = data.Slice(at * row, slice.Rows * row);
                if (shape.Length == 3 && slice.Request.Columns < batch.Columns) Write(slice, i, [shape[0], slice.Request.Columns, shape[2]], WithoutPadding(part, slice, batch.Columns));
                else Write(slice, i, shape, part);
                at += slice.Rows;
            }
        }

        var now = _time.GetTimestamp();
        foreach (var slice in batch.Slices) slice.Request.Complete(slice, now);
    }

    /// <param name="part">A vector for each column, those of the padding among them.</param>
    private static byte[] WithoutPadding(ReadOnlySpan<byte> part, TensorSlice slice, int columns)
    {
        var line = part.Length / slice.Rows;
        var row = line / columns * slice.Request.Columns;
        var kept = GC.AllocateUninitializedArray<byte>(slice.Rows * row);
        for (var i = 0; i < slice.Rows; i++) part.Slice(i * line, row).CopyTo(kept.AsSpan(i * row));
        return kept;
    }

    /// <summary>An answer that one request may not have is that one's failure.</summary>
    private static void Write(TensorSlice slice, int output, long[] shape, ReadOnlySpan<byte> part)
    {
        if (slice.Request.IsAbandoned) return;
        try
        {
            slice.Request.Write(slice, output, shape, part);
        }
        catch (Exception e) when (e is TensorsRefusedException or OutOfMemoryException)
        {
            slice.Request.Fail(e is TensorsRefusedException ? e : new InferenceFailedException(e));
        }
    }

    /// <summary>The graph has served before and others are served beside it: what fails for one request fails for what that one sent, unless a device or memory gave out.</summary>
    private Exception Judge(TensorRequest request, Exception reason)
    {
        if (reason is TensorsRefusedException) return reason;
        var isTheirs = reason is OnnxRuntimeException && !IsOurs(reason.Message);
        LogFailedRun(_logger, isTheirs ? LogLevel.Warning : LogLevel.Error, _model, request.Rows, reason);
        return isTheirs ? new TensorsRefusedException("The graph cannot run these tensors: their values or shapes do not suit it.", reason) : new InferenceFailedException(reason);
    }

    private static bool IsOurs(string message)
        => Array.Exists<string>(["allocat", "bad_alloc", "out of memory", "CUDA", "CUBLAS", "CUDNN"], word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(EventId = 1400, Message = "A run of {Rows} rows of tensors that a client sent to {Model} failed")]
    private static partial void LogFailedRun(ILogger logger, LogLevel level, string model, int rows, Exception exception);
}
