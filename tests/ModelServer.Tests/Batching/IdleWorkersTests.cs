using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using ModelServer.Tests.Encoders;
using Testing;

namespace ModelServer.Tests.Batching;

public sealed class IdleWorkersTests
{
    [Fact]
    public async Task Take_OneRequestAndAnotherWorkerIdle_LeavesItHalf()
    {
        var (_, takes) = await IdleAsync(new() { BatchTokens = 512, RunOverhead = 12 });

        var taken = await takes(16, 25);

        Assert.Equal([8, 8], taken);
    }

    [Fact]
    public async Task Take_LessThanSomeRunsCost_LeavesNothing()
    {
        var (queue, takes) = await IdleAsync(new() { BatchTokens = 512, RunOverhead = 12 });

        var taking = takes(4, 10);
        await Eventually.HoldsAsync(() => queue.Count == 0);
        queue.Close();
        var taken = await taking;

        Assert.Equal([0, 4], taken.Order());
    }

    [Fact]
    public async Task Take_OnADeviceThatWaitsForFullerBatches_LeavesNothing()
    {
        var (queue, takes) = await IdleAsync(new() { BatchTokens = 256, RunOverhead = 1, BatchDelay = TimeSpan.FromHours(1) });

        var taking = takes(16, 16);
        await Eventually.HoldsAsync(() => queue.Count == 0);
        queue.Close();
        var taken = await taking;

        Assert.Equal([0, 16], taken.Order());
    }

    /// <summary>A queue with two workers that wait, and what gives it sequences of one length and tells how many each worker took.</summary>
    private static async Task<(SequenceQueue Queue, Func<int, int, Task<int[]>> Takes)> IdleAsync(InferenceOptions options)
    {
        var queue = BatchQueues.Queue(options, TimeProvider.System);
        var (workers, taken) = (new Thread[2], new TaskCompletionSource<int>[] { new(), new() });
        for (var i = 0; i < workers.Length; i++)
        {
            var own = i;
            workers[i] = new Thread(() => taken[own].SetResult(queue.Take()?.Sequences.Count ?? 0)) { IsBackground = true };
            workers[i].Start();
        }

        await Eventually.HoldsAsync(() => workers.All(w => w.ThreadState.HasFlag(ThreadState.WaitSleepJoin)));
        return (queue, (count, length) =>
        {
            queue.Add([.. Enumerable.Range(0, count).Select(_ => new EncoderSequence(new int[length], new int[length], QueueLane.Server))]);
            return Task.WhenAll(taken.Select(t => t.Task)).WaitAsync(Eventually.Limit);
        }
        );
    }
}
