using ModelServer.Runtime;
using ModelServer.Sampling;

namespace ModelServer.Decoders;

/// <summary>A dedicated thread of one generator: takes sequences in, runs a step, hands out tokens, lets sequences go. Nothing else touches its rows.</summary>
internal sealed partial class DecoderLoop : IDisposable
{
    private readonly string _model;
    private readonly DecoderQueue _queue;
    private readonly DecoderSession _session;
    private readonly StepScheduler<DecoderSequence> _scheduler;
    private readonly DecoderMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SamplingBuffers _sampling = new();
    private readonly int[] _tokens;
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private int _active;
    private volatile bool _closing;

    /// <param name="session">Owned from here on, unless this throws.</param>
    /// <param name="chunk">Of the <see cref="StepScheduler{T}"/>.</param>
    public DecoderLoop(string model, DecoderQueue queue, DecoderSession session, int chunk, DecoderMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_model, _queue, _session, _metrics, _time, _logger) = (model, queue, session, metrics, time, logger);
        _scheduler = new StepScheduler<DecoderSequence>(session.Rows, chunk);
        _tokens = new int[session.Rows];
        _thread = new Thread(Work) { IsBackground = true, Name = model };
        _thread.Start();
    }

    /// <summary>Rows in use.</summary>
    public int Active => Volatile.Read(ref _active);

    public int Rows => _tokens.Length;

    /// <summary>Ends, with what went wrong, when not a run but the loop itself failed: the model then answers nothing more. Never otherwise.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>Fails what runs, then ends the thread and frees the session; the queue must be closed.</summary>
    public void Dispose()
    {
        _closing = true;
        _session.Terminate();
        _thread.Join();
        _session.Dispose();
    }

    private void Work()
    {
        try
        {
            Serve();
            LeaveAll(DecoderQueue.Unloading());
        }
        catch (Exception e)
        {
            _failure.TrySetResult(e);
            LeaveAll(new InferenceFailedException(e));
        }
    }

    private void Serve()
    {
        while (_queue.WaitForWork(isBusy: _scheduler.Rows.Count > 0))
        {
            LetGo();
            TakeIn();
            ReadPrompt();
            Decode();
            Volatile.Write(ref _active, _scheduler.Rows.Count);
            // Where every core decodes, who sends the tokens on would else wait for the end of a time slice: many steps.
            Thread.Yield();
        }
    }

    /// <summary>At the end of the thread: nobody is left waiting, here or in the queue, and nothing reaches the top of the thread, where it would end
    /// the process. What failed the loop may fail any of these steps as well.</summary>
    private void LeaveAll(Exception end)
    {
        foreach (var generation in _scheduler.Rows) generation.Fail(end);
        Attempt(() => _queue.Close(end));
        foreach (var generation in _scheduler.Rows)
        {
            Attempt(generation.GiveBack);
            Attempt(() => _metrics.Left(_model));
        }

        Volatile.Write(ref _active, 0);
    }

    private void Attempt(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            _failure.TrySetResult(e);
        }
    }

    /// <summary>Downwards, so that whatever fills a hole has been looked at.</summary>
    private void LetGo()
    {
        for (var row = _scheduler.Rows.Count - 1; row >= 0; row--)
            if (_scheduler.Rows[row].IsCancelled) Free(row);
    }

    private void TakeIn()
    {
        while (_scheduler.HasRoom && _queue.TryTake(isBusy: _scheduler.Rows.Count > 0) is { } generation)
        {
            // At once: whoever has been taken from the queue must be found in a row, whatever fails.
            _scheduler.Join(generation, generation.PromptTokens);
            generation.StartedAt = _time.GetTimestamp();
            _metrics.Started(_model, _time.GetElapsedTime(generation.QueuedAt, generation.StartedAt));
        }
    }

    private void ReadPrompt()
    {
        if (_scheduler.NextChunk(_queue.Count > 0) is not { } chunk) return;
        var generation = _scheduler.Rows[chunk.Row];
        try
        {
            if (chunk.Start == 0) _session.Truncate(chunk.Row, 0);
            var logits = _session.Prefill(chunk.Row, generation.Request.Prompt.AsSpan(chunk.Start, chunk.Length));
            _metrics.PromptRead(_model, chunk.Length);
            if (chunk.IsLast) Advance(chunk.Row, logits);
        }
        catch (Exception e)
        {
            Fail(chunk.Row, 1, e);
        }
    }

    private void Decode()
    {
        var rows = _scheduler.Decoding;
        if (rows == 0) return;
        for (var row = 0; row < rows; row++) _tokens[row] = _scheduler.Rows[row].LastToken;
        try
        {
            _session.Decode(_tokens.AsSpan(0, rows));
            _metrics.Stepped(_model, rows);
        }
        catch (Exception e)
        {
            Fail(0, rows, e);
            return;
        }

        for (var row = rows - 1; row >= 0; row--) Advance(row, _session.Logits(row));
    }

    private void Advance(int row, ReadOnlySpan<float> logits)
    {
        var generation = _scheduler.Rows[row];
        try
        {
            generation.Advance(logits, _sampling, _time.GetTimestamp());
        }
        catch (Exception e)
        {
            Fail(row, 1, e);
            return;
        }

        _metrics.Generated(_model, generation, _time);
        if (generation.FinishedAt != 0) Free(row);
    }

    /// <summary>A failed run fails its own sequences; the loop must outlive it.</summary>
    private void Fail(int first, int count, Exception reason)
    {
        if (!_closing) LogFailedRun(_logger, _model, count, reason);
        for (var row = first + count - 1; row >= first; row--)
        {
            _scheduler.Rows[row].Fail(_closing ? DecoderQueue.Unloading() : new InferenceFailedException(reason));
            Free(row);
        }
    }

    private void Free(int row)
    {
        _scheduler.Rows[row].GiveBack();
        _metrics.Left(_model);
        foreach (var move in _scheduler.Leave(row)) _session.Move(move.From, move.To);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A run of {Rows} sequences of {Model} failed")]
    private static partial void LogFailedRun(ILogger logger, string model, int rows, Exception exception);
}
