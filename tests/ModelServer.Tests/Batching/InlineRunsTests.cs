using ModelServer.Admission;
using ModelServer.Batching;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using ModelServer.Tests.Encoders;
using Testing;

namespace ModelServer.Tests.Batching;

/// <summary>Threads that run what a test gives them, on a clock that stands.</summary>
public sealed class InlineRunsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly SequenceQueue _queue;
    private BatchThreads<EncoderSequence, Batch, NoBuffers>? _threads;
    private volatile Action<Batch> _run = _ => { };
    private volatile Thread? _ranOn;
    private int _running;
    private int _mostRunning;

    public InlineRunsTests() => _queue = BatchQueues.Queue(new InferenceOptions { BatchTokens = 16 }, _time);

    public void Dispose() => _threads?.Dispose();

    [Fact]
    public async Task Add_WhileAllWorkersAreIdle_RunsBeforeItReturns()
    {
        await StartAsync(workers: 2);

        var sequence = Sequence();
        _queue.Add([sequence]);

        Assert.True(sequence.Completion.IsCompletedSuccessfully);
        Assert.Same(Thread.CurrentThread, _ranOn);
    }

    [Fact]
    public async Task Add_WorkThatTakesLong_IsLeftToAWorker()
    {
        await StartAsync(workers: 2);
        _run = _ => _time.Advance(TimeSpan.FromMilliseconds(100));
        _queue.Add([Sequence()]);

        var (next, adding) = (Sequence(), Thread.CurrentThread);
        _queue.Add([next]);
        await next.Completion.WaitAsync(Eventually.Limit);

        Assert.NotSame(adding, _ranOn);
    }

    [Fact]
    public async Task Add_SeveralAtOnce_AreLeftToTheWorkers()
    {
        await StartAsync(workers: 2);
        var adding = Thread.CurrentThread;
        EncoderSequence[] sequences = [Sequence(), Sequence()];
        _queue.Add(sequences);
        await Task.WhenAll(sequences.Select(s => s.Completion)).WaitAsync(Eventually.Limit);

        Assert.NotSame(adding, _ranOn);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Add_WhileAThreadRunsItsOwn_NeverRunsMoreThanThereAreWorkers(int workers)
    {
        await StartAsync(workers);
        using var ends = new SemaphoreSlim(0);
        _run = _ => ends.Wait(Eventually.Limit);
        var own = Task.Run(() => _queue.Add([Sequence()]));
        await Eventually.HoldsAsync(() => Volatile.Read(ref _running) == 1);

        EncoderSequence[] others = [.. Enumerable.Range(0, 5).Select(_ => Sequence(tokens: 16))];
        foreach (var other in others) _queue.Add([other]);
        await Eventually.HoldsAsync(() => Volatile.Read(ref _running) == workers);
        ends.Release(others.Length + 1);
        await Task.WhenAll([own, .. others.Select(o => o.Completion)]).WaitAsync(Eventually.Limit);

        Assert.Equal(workers, _mostRunning);
    }

    [Fact]
    public async Task Dispose_WhileAThreadRunsItsOwn_WaitsForIt()
    {
        await StartAsync(workers: 1);
        using var ends = new ManualResetEventSlim();
        _run = _ => ends.Wait(Eventually.Limit);
        var (own, waits) = (Sequence(), Sequence());
        var adding = Task.Run(() => _queue.Add([own]));
        await Eventually.HoldsAsync(() => Volatile.Read(ref _running) == 1);
        _queue.Add([waits]);

        var disposing = Task.Run(_threads!.Dispose);
        await Eventually.HoldsAsync(IsClosed);
        Assert.False(disposing.IsCompleted);
        ends.Set();
        await Task.WhenAll(adding, disposing, own.Completion, waits.Completion).WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Add_RunThatThrows_FailsTheModelAndNotTheThread()
    {
        await StartAsync(workers: 2);
        _run = _ => throw new OutOfMemoryException();
        var sequence = Sequence();

        _queue.Add([sequence]);

        await Assert.ThrowsAsync<InferenceFailedException>(() => sequence.Completion);
        Assert.IsType<OutOfMemoryException>(await _threads!.Failure.WaitAsync(Eventually.Limit));
        Assert.True(IsClosed());
    }

    /// <summary>Begins, and runs until all workers are idle and what is short is known.</summary>
    private async Task StartAsync(int workers)
    {
        _threads = new("test", workers, _queue, () => new NoBuffers(), Run, _time);
        await Eventually.HoldsAsync(() =>
        {
            var sequence = Sequence();
            _queue.Add([sequence]);
            return sequence.Completion.Wait(Eventually.Limit) && _ranOn == Thread.CurrentThread;
        });
        _ranOn = null;
    }

    private void Run(Batch batch, NoBuffers buffers)
    {
        lock (_queue) _mostRunning = Math.Max(_mostRunning, ++_running);
        _ranOn = Thread.CurrentThread;
        try
        {
            _run(batch);
        }
        finally
        {
            lock (_queue) _running--;
        }

        foreach (var sequence in batch.Sequences) sequence.Complete([1], 0);
    }

    private bool IsClosed()
    {
        try
        {
            _queue.Add([]);
            return false;
        }
        catch (ModelNotReadyException)
        {
            return true;
        }
    }

    private static EncoderSequence Sequence(int tokens = 4) => new(new int[tokens], new int[tokens], QueueLane.Server);

    private sealed class NoBuffers : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
