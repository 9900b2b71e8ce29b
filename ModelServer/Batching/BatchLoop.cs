using ModelServer.Inference;

namespace ModelServer.Batching;

/// <summary>The dedicated threads of one model: take a batch, run it, complete its sequences. Nothing else runs the engine.</summary>
internal sealed partial class BatchLoop : IDisposable
{
    private readonly SequenceQueue _queue;
    private readonly EncoderSession _session;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Thread[] _workers;

    public BatchLoop(string name, int workers, SequenceQueue queue, EncoderSession session, TimeProvider time, ILogger logger)
    {
        (_queue, _session, _time, _logger) = (queue, session, time, logger);
        _workers = new Thread[workers];
        for (var i = 0; i < workers; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"{name} #{i}" };
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
            try
            {
                var rows = _session.Run(batch, buffers);
                var now = _time.GetTimestamp();
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].FinishedAt = now;
                    batch[i].Complete(rows[i]);
                }
            }
            catch (Exception e)
            {
                // A failed run fails its own batch; the loop must outlive it.
                LogFailedRun(_logger, batch.Count, e);
                foreach (var sequence in batch) sequence.Fail(new InferenceFailedException(e));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A run of {Rows} sequences failed")]
    private static partial void LogFailedRun(ILogger logger, int rows, Exception exception);
}

/// <summary>The engine failed on this batch; details are in the log only.</summary>
internal sealed class InferenceFailedException(Exception inner) : Exception("The engine failed to run the model.", inner);
