using ModelServer.Inference;
using ModelServer.Telemetry;

namespace ModelServer.Batching;

/// <summary>The dedicated threads of one model: take a batch, run it, complete its sequences. Nothing else runs the engine.</summary>
internal sealed partial class BatchLoop : IDisposable
{
    private readonly SequenceQueue _queue;
    private readonly EncoderSession _session;
    private readonly ModelServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _model;
    private readonly Thread[] _workers;

    public BatchLoop(string model, int workers, SequenceQueue queue, EncoderSession session, ModelServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_model, _queue, _session, _metrics, _time, _logger) = (model, queue, session, metrics, time, logger);
        _workers = new Thread[workers];
        for (var i = 0; i < workers; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"{model} #{i}" };
            _workers[i].Start();
        }
    }

    /// <summary>Serves what waits, then ends the threads and frees the session.</summary>
    public void Dispose()
    {
        _queue.Close();
        foreach (var worker in _workers) worker.Join();
        _session.Dispose();
    }

    private void Work()
    {
        var buffers = new BatchBuffers();
        while (_queue.Take() is { } batch)
        {
            using (batch) Run(batch, buffers);
        }
    }

    private void Run(Batch batch, BatchBuffers buffers)
    {
        var sequences = batch.Sequences;
        try
        {
            var rows = _session.Run(batch, buffers);
            var now = _time.GetTimestamp();
            for (var i = 0; i < rows.Length; i++) sequences[i].Complete(rows[i], now);
            _metrics.BatchRan(_model, batch);
        }
        catch (Exception e)
        {
            // A failed run fails its own batch; the loop must outlive it. One that everybody left was ended on purpose.
            if (sequences.All(s => s.IsAbandoned)) return;
            LogFailedRun(_logger, _model, sequences.Count, e);
            foreach (var sequence in sequences) sequence.Fail(new InferenceFailedException(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A run of {Rows} sequences of {Model} failed")]
    private static partial void LogFailedRun(ILogger logger, string model, int rows, Exception exception);
}

/// <summary>The engine failed on this batch; details are in the log only.</summary>
internal sealed class InferenceFailedException(Exception inner) : Exception("The engine failed to run the model.", inner);
