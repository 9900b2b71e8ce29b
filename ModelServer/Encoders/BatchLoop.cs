using System.Diagnostics;
using ModelServer.Batching;
using ModelServer.Runtime;
using ModelServer.Telemetry;

namespace ModelServer.Encoders;

/// <summary>The threads of one model: take a batch, run it, complete its sequences.</summary>
internal sealed partial class BatchLoop : IDisposable
{
    private readonly EncoderSession _session;
    private readonly ModelServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _model;
    private readonly BatchThreads<EncoderSequence, Batch, EncoderBuffers> _threads;
    private readonly Lock _disposing = new();
    private bool _disposed;

    /// <param name="session">Owned from here on, unless this throws.</param>
    public BatchLoop(string model, int workers, SequenceQueue queue, EncoderSession session, ModelServerMetrics metrics, TimeProvider time, ILogger logger)
    {
        _model = model;
        _session = session;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _threads = new(model, workers, queue, () => session.CreateBuffers(), Run, time);
    }

    /// <inheritdoc cref="BatchThreads{TItem, TBatch, TBuffers}.Failure"/>
    public Task<Exception> Failure => _threads.Failure;

    /// <summary>Serves what waits, then ends the threads and frees the session. A second caller returns when that is done.</summary>
    public void Dispose()
    {
        lock (_disposing)
        {
            if (_disposed) return;
            _disposed = true;
            _threads.Dispose();
            _session.Dispose();
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

    [LoggerMessage(EventId = 1100, Level = LogLevel.Error, Message = "A run of {Rows} sequences of {Model} failed")]
    private static partial void LogFailedRun(ILogger logger, string model, int rows, Exception exception);
}
