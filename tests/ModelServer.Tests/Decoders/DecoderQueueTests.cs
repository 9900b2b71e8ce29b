using ModelServer.Admission;
using ModelServer.Decoders;
using ModelServer.Runtime;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using Testing;

namespace ModelServer.Tests.Decoders;

public class DecoderQueueTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly AdmissionGate _admission;
    private readonly DecoderQueue _queue;

    public DecoderQueueTests()
    {
        _admission = new AdmissionGate(1000, 1_000_000, _time);
        _queue = new DecoderQueue(new InferenceOptions(), _time);
    }

    [Fact]
    public void TryTake_OneClientFloods_TheOthersTakeTurnsWithIt()
    {
        for (var i = 0; i < 20; i++) Add("greedy");
        _queue.TryTake();
        var modest = Add("modest");

        Assert.Contains(modest, new[] { _queue.TryTake(), _queue.TryTake() });
    }

    [Fact]
    public void TryTake_BatchWork_WaitsForInteractiveUntilItIsOverdue()
    {
        var background = Add("a", RequestPriority.Batch);
        for (var i = 0; i < 3; i++) Add("b");

        Assert.NotSame(background, _queue.TryTake());
        _time.Advance(new InferenceOptions().MaxWait + TimeSpan.FromMilliseconds(1));
        Add("b");
        Assert.Same(background, _queue.TryTake());
    }

    /// <summary>By its own clock, however often the thread wakes before.</summary>
    [Fact]
    public async Task WaitForWork_NothingComes_WaitsAsLongAsItMay()
    {
        var waits = Task.Run(() => _queue.WaitForWork(TimeSpan.FromMilliseconds(20)));
        Assert.NotSame(waits, await Task.WhenAny(waits, Task.Delay(60)));

        await Eventually.HoldsAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            return waits.IsCompleted;
        });

        Assert.True(await waits);
    }

    [Fact]
    public async Task Close_WithWorkWaiting_FailsItAndGivesItsPlaceBack()
    {
        var (waiting, cancelled) = (Add("a"), Add("a"));
        cancelled.Cancel();

        _queue.Close();

        Assert.False(_queue.WaitForWork(TimeSpan.Zero));
        await Assert.ThrowsAsync<ModelNotReadyException>(() => waiting.Tokens.Completion);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Tokens.Completion);
        Assert.Throws<ModelNotReadyException>(() => Add("a"));
        Assert.Equal(11, _admission.PendingTokens);
    }

    /// <summary>Its whole prompt counted as drained, so that the next client was told a rate that the engine never had.</summary>
    [Fact]
    public void Cancel_WaitingSequence_DrainsNothing()
    {
        var admission = new AdmissionGate(1, 1000, _time);
        for (var i = 0; i < 3; i++)
        {
            var permit = admission.Enter(1, 500);
            var sequence = new DecoderSequence(new DecoderRequest(new int[400], 100, new SamplingOptions(), new QueueLane("a")), _queue, permit);
            permit.Start();
            _queue.Add([sequence]);
            _time.Advance(TimeSpan.FromSeconds(1));
            if (i == 0)
            {
                // 100 tokens a second.
                Assert.Same(sequence, _queue.TryTake());
                sequence.Read(100);
                sequence.ReleasePermit();
            }

            sequence.Cancel();
        }

        using var pending = admission.Enter(1, 900);

        Assert.Equal(9, Assert.Throws<OverloadedException>(() => admission.Enter(1, 1)).RetryAfter.TotalSeconds, 3);
    }

    private DecoderSequence Add(string client, RequestPriority priority = RequestPriority.Interactive)
    {
        var generation = new DecoderSequence(new DecoderRequest([1], 10, new SamplingOptions(), new QueueLane(client, priority)), _queue, _admission.Enter(1, 11));
        _queue.Add([generation]);
        return generation;
    }
}
