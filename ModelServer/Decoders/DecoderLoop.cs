using ModelServer.Runtime;
using ModelServer.Sampling;

namespace ModelServer.Decoders;

/// <summary>
/// A dedicated thread of one decoder. It owns its rows, its scheduler and its session's runs, so that these need no locks. Other threads reach it
/// through the queue and the sequences' channels; they read <see cref="Active"/> and call <see cref="Dispose"/>.
/// </summary>
internal sealed partial class DecoderLoop : IDisposable
{
    private readonly string _model;
    private readonly DecoderQueue _queue;
    private readonly DecoderSession _session;
    private readonly PrefixStore? _prefixes;
    private readonly IdlePrefill? _answers;
    private readonly StepScheduler<DecoderSequence> _scheduler;
    private readonly StepTally _tally;
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
    /// <param name="prefixes">Outlives this; null where no beginnings of prompts are kept.</param>
    /// <param name="answers">Of this session; null where answers are not read again.</param>
    /// <param name="scheduler">With as many rows as the session; this loop's alone.</param>
    public DecoderLoop(
        string model, DecoderQueue queue, DecoderSession session, PrefixStore? prefixes, IdlePrefill? answers, StepScheduler<DecoderSequence> scheduler, DecoderMetrics metrics,
        TimeProvider time, ILogger logger)
    {
        _model = model;
        _queue = queue;
        _session = session;
        _prefixes = prefixes;
        _answers = answers;
        _scheduler = scheduler;
        _tally = new StepTally(model, metrics, time);
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _tokens = new int[Math.Max(session.Rows, session.Chunk)];
        _thread = new Thread(Work) { IsBackground = true, Name = model };
        _thread.Start();
    }

    /// <summary>Rows in use.</summary>
    public int Active => Volatile.Read(ref _active);

    public int Rows => _session.Rows;

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
            FailAll(DecoderQueue.Unloading());
        }
        catch (Exception e)
        {
            _failure.TrySetResult(e);
            FailAll(new InferenceFailedException(e));
        }
    }

    private void Serve()
    {
        while (_queue.WaitForWork(_scheduler.Rows.Count > 0 ? TimeSpan.Zero : _answers?.Due ?? Timeout.InfiniteTimeSpan))
        {
            // 1. Sequences that nobody waits for leave their rows.
            RemoveCancelled();

            // 2. Sequences from the queue get rows, and chunks of their prompts are read; the last one gives a sequence its first token.
            ReadPrompts();

            // 3. One token for every row whose prompt has been read, those of 2 included; where there is only one such row, a draft of what follows with it.
            Run(_scheduler.PlanDecoding(_scheduler.IsAlone ? _scheduler.Rows[0].MakeDraft() : 0));
            _tally.Tell();

            // 4. A chunk of an answer, as its conversation's next turn will have it, where there has been nothing else to do for a while.
            if (_scheduler.Rows.Count == 0 && _answers?.TryReadChunk() is { } failure && !_closing) LogFailedRun(_logger, _model, 0, failure);

            // 5. Where every core decodes, who sends the tokens on would else wait for the end of a time slice: many steps.
            Volatile.Write(ref _active, _scheduler.Rows.Count);
            Thread.Yield();
        }
    }

    /// <summary>At the end of the thread: nobody is left waiting, here or in the queue, and nothing reaches the top of the thread, where it would end
    /// the process. What failed the loop may fail any of these steps as well.</summary>
    private void FailAll(Exception end)
    {
        foreach (var sequence in _scheduler.Rows) sequence.Fail(end);
        Attempt(() => _queue.Close(end));
        foreach (var sequence in _scheduler.Rows)
        {
            Attempt(sequence.ReleasePermit);
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
    private void RemoveCancelled()
    {
        for (var row = _scheduler.Rows.Count - 1; row >= 0; row--)
        {
            if (!_scheduler.Rows[row].IsCancelled) continue;
            // By a stop string, as often as not.
            _answers?.Add(_scheduler.Rows[row]);
            Remove(row);
        }
    }

    /// <summary>Reads as much as the streams under way may wait for, of one prompt after the other; while there is none of them, one run.</summary>
    private void ReadPrompts()
    {
        var (read, start) = (0, _time.GetTimestamp());
        do
        {
            Admit();
            // Those of the longest run and what is left behind them, where nobody waits.
            var chunks = _scheduler.Decoding == 0
                ? StepScheduler<DecoderSequence>.Longest + 1
                : _scheduler.Pace.Allowance(read, _time.GetTimestamp() - start, othersWait: _queue.Count > 0);
            var plan = _scheduler.PlanPrompt(chunks);
            if (!Run(plan)) return;
            read += _scheduler.Pace.Chunks(plan.Count);
        }
        while (_scheduler.Decoding > 0);
    }

    private void Admit()
    {
        while (_scheduler.HasRoom && _queue.TryTake(isBusy: _scheduler.Rows.Count > 0) is { } sequence)
        {
            var known = 0;
            try
            {
                known = _prefixes?.Restore(sequence, _session, _scheduler.Rows.Count) ?? 0;
            }
            finally
            {
                // Whoever has been taken from the queue must be found in a row, whatever fails.
                _scheduler.Join(sequence, sequence.PromptTokens, known, sequence.IsScored);
            }

            sequence.Skip(known);
            sequence.StartedAt = _time.GetTimestamp();
            _metrics.Started(_model, _time.GetElapsedTime(sequence.QueuedAt, sequence.StartedAt));
        }
    }

    /// <returns>Whether there was anything to run.</returns>
    private bool Run(StepPlan plan)
    {
        if (plan.Rows == 0) return false;
        var start = _time.GetTimestamp();
        try
        {
            for (var i = 0; i < plan.Rows; i++)
            {
                var entry = plan.Entries[i];
                _scheduler.Rows[entry.Row].CopyTokens(entry.Start, _tokens.AsSpan(i * plan.Count, plan.Count));
            }

            _session.Run(plan, _tokens.AsSpan(0, plan.Rows * plan.Count));
            if (plan.IsPrompt) Read(plan);
            else _metrics.Stepped(_model, plan.Rows);
        }
        catch (Exception e)
        {
            FailRun(plan.FirstRow, plan.Rows, e);
            return true;
        }

        // Downwards, so that whatever takes a row that becomes free has got its token.
        for (var i = plan.Rows - 1; i >= 0; i--) Advance(i, plan.Entries[i]);
        if (plan is { IsPrompt: true, IsScored: false }) _scheduler.Pace.Read(plan.Count, _time.GetTimestamp() - start);
        if (plan is { IsPrompt: false, Count: 1 }) _scheduler.Pace.Stepped(_time.GetTimestamp() - start);
        return true;
    }

    private void Read(StepPlan plan)
    {
        var sequence = _scheduler.Rows[plan.FirstRow];
        sequence.Read(plan.Count);
        _metrics.PromptRead(_model, plan.Count);
        if (plan.Entries[0].IsSampled) _prefixes?.Save(sequence, _session, plan.FirstRow);
    }

    /// <summary>Gives a sequence what came of its part of a run: a token, and as many more as its draft got right.</summary>
    private void Advance(int index, StepEntry entry)
    {
        var sequence = _scheduler.Rows[entry.Row];
        var drafts = entry.IsSampled ? sequence.Drafts : null;
        var (token, stays) = (0, true);
        do
        {
            int? place = entry.Drafts > 0 ? token++ : null;
            if (drafts is not null && !drafts.IsSure(_session.Logits(index, place))) break;
            stays = Take(sequence, index, entry, place);
        }
        while (stays && !sequence.IsCancelled && drafts is { IsRight: true });
        if (drafts is null) return;
        if (entry.Drafts > 0) _metrics.Drafted(_model, entry.Drafts, drafts.Right);
        var kept = drafts.End(sequence.HeldTokens);
        if (!stays) return;
        _scheduler.Forget(entry.Row, kept, again: sequence.HeldTokens - kept);
        _metrics.RunAgain(_model, sequence.HeldTokens - kept);
    }

    /// <param name="place">Of the token behind which the next one comes; null for the last.</param>
    /// <returns>Whether the sequence goes on; else it has left its row.</returns>
    private bool Take(DecoderSequence sequence, int index, StepEntry entry, int? place)
    {
        var row = entry.Row;
        try
        {
            for (var token = 0; entry.IsScored && token < entry.Count; token++) sequence.Score(_session.Logits(index, token), _sampling);
            if (!entry.IsSampled) return true;
            sequence.Advance(_session.Logits(index, place), _sampling, _time.GetTimestamp());
        }
        catch (Exception e)
        {
            FailRun(row, 1, e);
            return false;
        }

        if (sequence.GeneratedTokens == 0)
        {
            Remove(row);
            return false;
        }

        _tally.Count(sequence);
        if (sequence.FinishedAt == 0) return true;
        _answers?.Add(sequence);
        Remove(row);
        return false;
    }

    /// <summary>A failed run fails its own sequences; the loop must outlive it.</summary>
    private void FailRun(int first, int count, Exception reason)
    {
        if (!_closing) LogFailedRun(_logger, _model, count, reason);
        for (var row = first + count - 1; row >= first; row--)
        {
            _scheduler.Rows[row].Fail(_closing ? DecoderQueue.Unloading() : new InferenceFailedException(reason));
            Remove(row);
        }
    }

    private void Remove(int row)
    {
        _scheduler.Rows[row].ReleasePermit();
        _metrics.Left(_model);
        foreach (var move in _scheduler.Leave(row)) _session.Copy(move.From, move.To, move.Length);
    }

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "A run of {Rows} sequences of {Model} failed")]
    private static partial void LogFailedRun(ILogger logger, string model, int rows, Exception exception);
}
