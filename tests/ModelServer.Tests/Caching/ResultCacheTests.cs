using ModelServer.Admission;
using ModelServer.Answers;
using ModelServer.Caching;
using ModelServer.Requests;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using Testing;

namespace ModelServer.Tests.Caching;

public class ResultCacheTests
{
    private readonly FakeEngine _engine = new();
    private readonly ResultCache _cache = CacheParts.Cache();

    [Fact]
    public async Task GetOrCompute_SecondTime_IsAHitOfTheSameRow()
    {
        var first = await Ask(_cache, _engine.ComputeAtOnce, 7);
        var second = await Ask(_cache, _engine.ComputeAtOnce, 7);

        Assert.Equal((CacheOutcome.Miss, CacheOutcome.Hit), (first.Outcome, second.Outcome));
        Assert.Equal([0, 1], second.Rows[0].ToArray());
        // Nobody copies it: the same memory.
        Assert.Equal(first.Rows[0], second.Rows[0]);
        Assert.Equal(1, _engine.Started);
    }

    [Fact]
    public async Task GetOrCompute_SomeKnown_ComputesTheRestInOrder()
    {
        await Ask(_cache, _engine.ComputeAtOnce, 1, 2);

        var mixed = await Ask(_cache, _engine.ComputeAtOnce, 3, 2, 4, 1);

        Assert.Equal(CacheOutcome.Miss, mixed.Outcome);
        Assert.Equal(4, _engine.Started);
        // Indices at which each was computed.
        Assert.Equal([0, 1, 2, 0], mixed.Rows.Select(row => row.Span[0]));
    }

    [Fact]
    public async Task GetOrCompute_SameKeyTwiceInARequest_IsComputedOnce()
    {
        var answer = await Ask(_cache, _engine.ComputeAtOnce, 5, 6, 5);

        Assert.Equal(2, _engine.Started);
        Assert.Equal(answer.Rows[0], answer.Rows[2]);
    }

    [Fact]
    public async Task GetOrCompute_AHundredAtOnce_RunTheEngineOnce()
    {
        var asking = Enumerable.Range(0, 100).Select(_ => Task.Run(() => Ask(_cache, _engine.Compute, 1))).ToArray();
        await _engine.StartedAsync(1);
        _engine.Complete();

        var answers = await Task.WhenAll(asking);

        Assert.Equal(1, _engine.Started);
        Assert.Single(answers, a => a.Outcome == CacheOutcome.Miss);
        Assert.All(answers, a => Assert.Equal([0, 1], a.Rows[0].ToArray()));
    }

    [Fact]
    public async Task GetOrCompute_FollowsAnother_IsCoalesced()
    {
        var leader = Ask(_cache, _engine.Compute, 1);
        var follower = Ask(_cache, _engine.Compute, 1);
        _engine.Complete();

        Assert.Equal(CacheOutcome.Miss, (await leader).Outcome);
        Assert.Equal(CacheOutcome.Coalesced, (await follower).Outcome);
    }

    [Fact]
    public async Task GetOrCompute_TwoFollowEachOther_BothAreAnswered()
    {
        var one = Ask(_cache, _engine.Compute, 1, 2);
        var two = Ask(_cache, _engine.Compute, 3, 1);
        var three = Ask(_cache, _engine.Compute, 2, 3);
        _engine.Complete();

        await Task.WhenAll(one, two, three).WaitAsync(Eventually.Limit);
        Assert.Equal(3, _engine.Started);
    }

    [Fact]
    public async Task GetOrCompute_LeaderLeavesBeforeItsRun_AFollowerTakesOver()
    {
        using var leaves = new CancellationTokenSource();
        var leader = Ask(_cache, _engine.Compute, 1, leaves.Token);
        var followers = Enumerable.Range(0, 3).Select(_ => Ask(_cache, _engine.Compute, 1)).ToArray();
        await leaves.CancelAsync();
        // As the queue does with work whose caller has left.
        _engine.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await _engine.StartedAsync(2);
        _engine.Complete();

        var answers = await Task.WhenAll(followers);

        Assert.Equal(2, _engine.Started);
        Assert.Single(answers, a => a.Outcome == CacheOutcome.Miss);
        Assert.All(answers, a => Assert.Equal([0, 1], a.Rows[0].ToArray()));
    }

    [Fact]
    public async Task GetOrCompute_LeaderLeavesDuringItsRun_TheRunServesTheFollowers()
    {
        using var leaves = new CancellationTokenSource();
        var leader = Ask(_cache, _engine.Compute, 1, leaves.Token);
        var follower = Ask(_cache, _engine.Compute, 1);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.False(follower.IsCompleted);
        _engine.Complete();

        Assert.Equal(CacheOutcome.Coalesced, (await follower).Outcome);
        Assert.Equal(1, _engine.Started);
    }

    [Fact]
    public async Task GetOrCompute_FollowerLeaves_TheLeaderIsAnswered()
    {
        using var leaves = new CancellationTokenSource();
        var leader = Ask(_cache, _engine.Compute, 1);
        var follower = Ask(_cache, _engine.Compute, 1, leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower);
        _engine.Complete();

        Assert.Equal(CacheOutcome.Miss, (await leader).Outcome);
    }

    [Fact]
    public async Task GetOrCompute_EngineFails_FailsAllWhoWaitAndIsNotRemembered()
    {
        var leader = Ask(_cache, _engine.Compute, 1);
        var follower = Ask(_cache, _engine.Compute, 1);
        _engine.Fail(new InferenceFailedException(new InvalidOperationException()));

        await Assert.ThrowsAsync<InferenceFailedException>(() => leader);
        await Assert.ThrowsAsync<InferenceFailedException>(() => follower);
        Assert.Equal(CacheOutcome.Miss, (await Ask(_cache, _engine.ComputeAtOnce, 1)).Outcome);
    }

    [Fact]
    public async Task GetOrCompute_LeaderFindsNoRoom_FollowersTryThemselves()
    {
        var leader = Ask(_cache, _engine.Compute, 1);
        var follower = Ask(_cache, _engine.Compute, 1);
        _engine.Fail(new OverloadedException(TimeSpan.FromSeconds(1)));
        await Assert.ThrowsAsync<OverloadedException>(() => leader);
        await _engine.StartedAsync(2);
        _engine.Complete();

        Assert.Equal(CacheOutcome.Miss, (await follower).Outcome);
    }

    [Fact]
    public async Task GetOrCompute_ComputeThrows_LeavesNothingBehind()
    {
        await Assert.ThrowsAsync<OverloadedException>(() => Ask(_cache, _ => throw new OverloadedException(TimeSpan.FromSeconds(1)), 1, 2));

        var next = await Ask(_cache, _engine.ComputeAtOnce, 1, 2).WaitAsync(Eventually.Limit);
        Assert.Equal(CacheOutcome.Miss, next.Outcome);
    }

    [Fact]
    public async Task GetOrCompute_NoCache_ComputesAndWrites()
    {
        var running = Ask(_cache, _engine.Compute, 1);
        var first = _cache.GetOrComputeAsync([CacheParts.Key(1)], new(Read: false), RequestPriority.Interactive, _engine.Compute, default);
        Assert.Equal(2, _engine.Started);
        _engine.Complete();
        await running;
        Assert.Equal(CacheOutcome.Bypass, (await first).Outcome);

        await _cache.GetOrComputeAsync([CacheParts.Key(2)], new(Read: false), RequestPriority.Interactive, _engine.ComputeAtOnce, default);
        Assert.Equal(CacheOutcome.Hit, (await Ask(_cache, _engine.ComputeAtOnce, 2)).Outcome);
    }

    [Fact]
    public async Task GetOrCompute_NoStore_NeitherReadsNorWrites()
    {
        for (var i = 0; i < 2; i++)
        {
            var answer = await _cache.GetOrComputeAsync([CacheParts.Key(1)], new(Read: false, Write: false), RequestPriority.Interactive, _engine.ComputeAtOnce, default);
            Assert.Equal(CacheOutcome.Bypass, answer.Outcome);
        }

        Assert.Equal(CacheOutcome.Miss, (await Ask(_cache, _engine.ComputeAtOnce, 1)).Outcome);
        Assert.Equal(3, _engine.Started);
    }

    [Fact]
    public async Task GetOrCompute_Disabled_AlwaysComputes()
    {
        var cache = CacheParts.Cache(o => o.Enabled = false);
        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal(CacheOutcome.Bypass, (await Ask(cache, _engine.ComputeAtOnce, 1)).Outcome);
            Assert.Equal(i, _engine.Started);
        }
    }

    [Fact]
    public async Task GetOrCompute_MoreUrgentThanTheLeader_DoesNotWaitForIt()
    {
        var slow = _cache.GetOrComputeAsync([CacheParts.Key(1)], CachePolicy.Default, RequestPriority.Batch, _engine.Compute, default);

        var urgent = await Ask(_cache, new FakeEngine().ComputeAtOnce, 1);

        Assert.Equal(CacheOutcome.Miss, urgent.Outcome);
        Assert.False(slow.IsCompleted);
        _engine.Complete();
        await slow;
    }

    private static Task<CachedRows> Ask(ResultCache cache, Func<IReadOnlyList<int>, Task<float[]>[]> compute, params int[] keys)
        => cache.GetOrComputeAsync(Array.ConvertAll(keys, CacheParts.Key), CachePolicy.Default, RequestPriority.Interactive, compute, default);

    private static Task<CachedRows> Ask(ResultCache cache, Func<IReadOnlyList<int>, Task<float[]>[]> compute, int key, CancellationToken cancellationToken)
        => cache.GetOrComputeAsync([CacheParts.Key(key)], CachePolicy.Default, RequestPriority.Interactive, compute, cancellationToken);
}
