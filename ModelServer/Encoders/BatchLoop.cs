using System.Diagnostics;
using ModelServer.Admission;
using ModelServer.Runtime;
using ModelServer.Telemetry;

namespace ModelServer.Encoders;

/// <summary>The dedicated threads of one model: take a batch, run it, complete its sequences. Nothing else runs the engine.</summary>
internal sealed partial class BatchLoop : IDisposable
{
    private readonly SequenceQueue _queue;
    private readonly EncoderSession _session;
    private readonly ModelServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _model;
    private readonly List<Thread> _workers = [];
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _disposing = new();
    private bool _disposed;

    /// <param name="session">Owned from here on, unless this throws.</param>
    public BatchLoop(string model, int workers, SequenceQueue queue, EncoderSession session, ModelServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        _model = model;
        _queue = queue;
        _session = session;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        try
        {
            for (var i = 0; i < workers; i++)
            {
                var worker = new Thread(Work) { IsBackground = true, Name = $"{model} #{i}" };
                worker.Start();
                _workers.Add(worker);
            }
        }
        catch
        {
            End();
            throw;
        }
    }

    /// <summary>Completes with the failure when not a run but a worker itself failed: the model then answers nothing more. Otherwise never.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>Serves what waits, then ends the threads and frees the session. A second caller returns when that is done.</summary>
    public void Dispose()
    {
        lock (_disposing)
        {
            if (_disposed) return;
            _disposed = true;
            End();
            _session.Dispose();
        }
    }

    private void End()
    {
        _queue.Close();
        foreach (var worker in _workers) worker.Join();
        _queue.Fail(static () => new ModelNotReadyException("The model is being unloaded."));
    }

    private void Work()
    {
        Batch? batch = null;
        try
        {
            using var buffers = _session.CreateBuffers();
            while ((batch = _queue.Take()) is not null)
            {
                using (batch) Run(batch, buffers);
            }
        }
        catch (Exception e)
        {
            Fail(batch, e);
        }
    }

    private void Run(Batch batch, EncoderBuffers buffers)
    {
        var sequences = batch.Sequences;
        using var span = BatchTrace.Start(_model, batch);
        try
        {
            var rows = _session.Run(batch, buffers);
            // Before anybody hears of it: who answers at once with another request finds nothing running.
            batch.EndRun();
            var now = _time.GetTimestamp();
            for (var i = 0; i < rows.Length; i++) sequences[i].Complete(rows[i], now);
            _metrics.BatchRan(_model, sequences.Count, batch.Tokens, batch.PaddedTokens, batch.Closed == BatchClosed.Full ? "full" : "drained");
            if (batch.Threads > 1) _metrics.LoneRan(_model);
        }
        catch (Exception e)
        {
            // A failed run fails its own batch; the loop must outlive it. One that everybody left was ended on purpose.
            if (sequences.All(s => s.IsAbandoned)) return;
            foreach (var sequence in sequences) sequence.Fail(new InferenceFailedException(e));
            span?.SetStatus(ActivityStatusCode.Error);
            LogFailedRun(_logger, _model, sequences.Count, e);
        }
        finally
        {
            _metrics.Wasted(_model, sequences.Sum(s => s.IsAbandoned ? s.Ids.Length : 0));
        }
    }

    /// <summary>Fails all sequences that wait for a worker that cannot go on. Its exception must not reach the top of the thread, where it would end the process.</summary>
    private void Fail(Batch? batch, Exception reason)
    {
        _failure.TrySetResult(reason);
        foreach (var sequence in batch?.Sequences ?? []) sequence.Fail(new InferenceFailedException(reason));
        _queue.Fail(() => new InferenceFailedException(reason));
    }

    [LoggerMessage(EventId = 1100, Level = LogLevel.Error, Message = "A run of {Rows} sequences of {Model} failed")]
    private static partial void LogFailedRun(ILogger logger, string model, int rows, Exception exception);
}
