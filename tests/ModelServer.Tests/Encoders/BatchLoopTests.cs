using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModelServer.Admission;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Telemetry;

namespace ModelServer.Tests.Encoders;

public sealed class BatchLoopTests : IDisposable
{
    private const int Workers = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GpuMemory>().AddSingleton<ReplicaTotals>().AddSingleton<ModelServerMetrics>().BuildServiceProvider();
    private readonly BreakableTime _time = new("tiny:1");
    private readonly SequenceQueue _queue;
    private readonly BatchLoop _loop;

    public BatchLoopTests()
    {
        _queue = BatchQueues.Queue(new InferenceOptions { BatchTokens = 128 }, _time);
        _loop = new BatchLoop("tiny:1", Workers, _queue, TinyEncoder.Classifier(), _services.GetRequiredService<ModelServerMetrics>(), TimeProvider.System, NullLogger.Instance);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _services.Dispose();
    }

    /// <summary>The engine's options were freed with the batch; to terminate by them ended the process.</summary>
    [Fact]
    public async Task Abandon_AfterTheRunEnded_DoesNothing()
    {
        for (var i = 0; i < 200; i++)
        {
            EncoderSequence[] sequences = [TinyEncoder.Sequence(10), TinyEncoder.Sequence(10, 1)];
            _queue.Add(sequences);
            await Task.WhenAll(sequences.Select(s => s.Completion)).WaitAsync(Patience);

            _queue.Abandon(sequences);

            Assert.All(sequences, s => Assert.False(s.IsAbandoned));
            Assert.All(sequences, s => Assert.True(s.Completion.IsCompletedSuccessfully));
        }
    }

    [Fact]
    public async Task Abandon_FromOtherThreadsAtAnyMoment_LeavesTheLoopRunning()
    {
        var abandoned = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; i < 1_000; i++)
            {
                EncoderSequence[] sequences = [.. Enumerable.Range(0, random.Next(1, 6)).Select(s => TinyEncoder.Sequence(random.Next(1, 60), s, $"{client}"))];
                _queue.Add(sequences);
                if (random.Next(4) == 0) await Task.WhenAny(sequences[0].Completion);
                else Thread.SpinWait(random.Next(20_000));
                _queue.Abandon(sequences);
                if (sequences.Any(s => s.IsAbandoned)) Interlocked.Increment(ref abandoned);
                Assert.All(sequences, s => Assert.True(s.Completion.IsCompleted && !s.Completion.IsFaulted));
            }
        }))).WaitAsync(Patience);

        var last = TinyEncoder.Sequence(9);
        _queue.Add([last]);
        Assert.Equal(3, (await last.Completion.WaitAsync(Patience)).Length);
        Assert.False(_loop.Failure.IsCompleted);
        Assert.InRange(abandoned, 1, 4_000);
    }

    [Fact]
    public async Task Run_ThatFails_FailsItsOwnBatchAlone()
    {
        var spoilt = TinyEncoder.Spoilt();
        _queue.Add([spoilt]);
        await Assert.ThrowsAsync<InferenceFailedException>(() => spoilt.Completion.WaitAsync(Patience));

        var good = TinyEncoder.Sequence(9);
        _queue.Add([good]);

        Assert.Equal(3, (await good.Completion.WaitAsync(Patience)).Length);
        Assert.False(_loop.Failure.IsCompleted);
    }

    /// <summary>What a worker did outside a run was outside any try: an exception there ended the process.</summary>
    [Fact]
    public async Task Take_ThatFails_FailsWhatWaitsAndTellsOfIt()
    {
        _time.Breaks = true;
        EncoderSequence[] sequences = [.. Enumerable.Range(0, 50).Select(i => TinyEncoder.Sequence(100, i))];
        _queue.Add(sequences);

        foreach (var sequence in sequences) await Assert.ThrowsAsync<InferenceFailedException>(() => sequence.Completion.WaitAsync(Patience));

        Assert.IsType<InvalidTimeZoneException>(await _loop.Failure.WaitAsync(Patience));
        Assert.Throws<ModelNotReadyException>(() => _queue.Add([TinyEncoder.Sequence(1)]));
    }

    [Fact]
    public async Task Dispose_FromSeveralThreads_FreesOnceAndReturnsWhenItIsDone()
    {
        EncoderSequence[] sequences = [.. Enumerable.Range(0, 100).Select(i => TinyEncoder.Sequence(50, i))];
        _queue.Add(sequences);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            _loop.Dispose();
            Assert.All(sequences, s => Assert.True(s.Completion.IsCompleted));
        }))).WaitAsync(Patience);

        Assert.All(sequences, s => Assert.True(s.Completion.IsCompletedSuccessfully));
    }
}
