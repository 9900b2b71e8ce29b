using System.Diagnostics;
using ModelServer.Batching;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.Encoders;

/// <summary>One tokenized input on its way through the engine. It is completed exactly once, with what was read of its row.</summary>
/// <param name="ids">At least one: nobody behind here has to think of a row without tokens.</param>
internal sealed class EncoderSequence(int[] ids, int[] typeIds, QueueLane lane) : IBatched
{
    private readonly TaskCompletionSource<float[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Batch? _batch;

    public int[] Ids { get; } = ids.Length > 0 ? ids : throw new ArgumentException("A sequence has at least one token.", nameof(ids));

    public int[] TypeIds => typeIds;

    /// <summary>How many of its first tokens are attended to; the others only attend.</summary>
    public int Attended { get; init; } = ids.Length;

    /// <summary>What of its row is asked for, in numbers that its task understands.</summary>
    public int[] Asked { get; init; } = [];

    /// <summary>What its text became, for answers that point into the text; null for token ids.</summary>
    public TokenEncoding? Encoding { get; init; }

    /// <summary>Which of the request's inputs it is, or is a window of.</summary>
    public int Input { get; set; }

    /// <summary>Tokens of its text that stand before its window.</summary>
    public int TokensBefore { get; init; }

    public QueueLane Lane => lane;

    public int Rows => 1;

    public int Length => Ids.Length;

    public int Cost => Ids.Length;

    public double Tag { get; set; }

    /// <summary>Clock readings of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long QueuedAt { get; set; }

    public long StartedAt { get; private set; }

    public long FinishedAt { get; private set; }

    /// <summary>The span of its request, where that is recorded; known from when it is queued.</summary>
    public Activity? Request { get; set; }

    /// <summary>The span of the run it was part of; default where none is recorded.</summary>
    public ActivityContext BatchSpan => Volatile.Read(ref _batch)?.Span ?? default;

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsAbandoned => _completion.Task.IsCanceled;

    public Task<float[]> Completion => _completion.Task;

    public void Start(Batch batch, long now)
    {
        StartedAt = now;
        Volatile.Write(ref _batch, batch);
    }

    public void Complete(float[] row, long now)
    {
        FinishedAt = now;
        _completion.TrySetResult(row);
    }

    public void Fail(Exception reason) => _completion.TrySetException(reason);

    /// <summary>Its caller has left or its deadline has passed. The last one to leave a running batch ends the run. Whoever asks again, or after
    /// the sequence was completed, asks for nothing.</summary>
    public void Abandon()
    {
        if (_completion.TrySetCanceled()) Volatile.Read(ref _batch)?.Leave();
    }
}

/// <summary>Sequences that share one run.</summary>
/// <param name="sequences">At least one.</param>
/// <param name="closed">Why it holds no more.</param>
internal sealed class Batch(IReadOnlyList<EncoderSequence> sequences, BatchClosed closed) : Batch<EncoderSequence>(sequences)
{
    private RunCount? _runs;

    public IReadOnlyList<EncoderSequence> Sequences => Items;

    public BatchClosed Closed => closed;

    /// <summary>Written before the run, by the thread that then completes its sequences; default where no span is recorded.</summary>
    public ActivityContext Span { get; set; }

    /// <summary>Whether nothing else ran or waited when it was taken.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>Whether each was sent by somebody who had nothing else under way.</summary>
    public bool IsOfLoneRequests => Items.All(sequence => sequence.Lane.IsLone);

    /// <summary>Threads of its run, where it had more than others; else 1.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>Counts its run among those under way, until <see cref="EndRun"/>.</summary>
    public void BeginRun(RunCount runs)
    {
        IsAlone = runs.Begin() && closed == BatchClosed.Drained;
        _runs = runs;
    }

    /// <summary>Its run is over. A second call does nothing.</summary>
    public void EndRun() => Interlocked.Exchange(ref _runs, null)?.End();

    public override void Dispose()
    {
        EndRun();
        base.Dispose();
    }
}

/// <summary>Why a batch was closed.</summary>
internal enum BatchClosed
{
    /// <summary>Nothing else was waiting.</summary>
    Drained,

    /// <summary>No other waiting sequence fitted the budget.</summary>
    Full,
}
