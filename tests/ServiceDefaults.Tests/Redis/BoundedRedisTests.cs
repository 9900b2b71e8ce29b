using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Testing;

namespace ServiceDefaults.Tests.Redis;

public class BoundedRedisTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(20), Pause = TimeSpan.FromSeconds(5);
    private readonly ManualTimeProvider _time = new();
    private int _asked;

    [Fact]
    public async Task Try_NoAnswer_CostsTheBudgetAFewTimesAndThenNothing()
    {
        var redis = Redis();
        for (var i = 0; i < 3; i++)
        {
            var answer = Ask(redis, new TaskCompletionSource<int>().Task);
            _time.Advance(Budget - TimeSpan.FromTicks(1));
            Assert.False(answer.IsCompleted);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(RedisOutcome.TimedOut, (await answer).Outcome);
        }

        for (var i = 0; i < 1000; i++) Assert.Equal(RedisOutcome.NotAsked, (await Ask(redis, Task.FromResult(1))).Outcome);
        Assert.Equal(3, _asked);
    }

    /// <summary>Whoever only ever tries, and asks nothing else, finds out that Redis is back.</summary>
    [Fact]
    public async Task Try_RedisIsBackAfterThePause_Answers()
    {
        var redis = Redis();
        for (var i = 0; i < 3; i++) Assert.Equal(RedisOutcome.Failed, (await Ask(redis, Task.FromException<int>(new InvalidOperationException()))).Outcome);
        _time.Advance(Pause);

        for (var i = 0; i < 10; i++) Assert.Equal(new(RedisOutcome.Answered, i), await Ask(redis, Task.FromResult(i)));
    }

    [Fact]
    public async Task Try_CommandThrowsAtOnce_IsAFailureOfRedis()
        => Assert.Equal(RedisOutcome.Failed, (await Redis().TryAsync<int>(_ => throw new InvalidCastException())).Outcome);

    [Fact]
    public async Task Try_CallerLeaves_IsItsCancellationAndNoFailureOfRedis()
    {
        var redis = Redis();
        for (var i = 0; i < 10; i++)
        {
            using var leaves = new CancellationTokenSource();
            var answer = redis.TryAsync(_ => new TaskCompletionSource<int>().Task, leaves.Token).AsTask();
            await leaves.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }

        Assert.True((await Ask(redis, Task.FromResult(1))).Came);
    }

    [Fact]
    public async Task Try_NotConnected_IsNotAsked()
    {
        foreach (var connecting in new[] { null, new TaskCompletionSource<IConnectionMultiplexer>().Task, Task.FromException<IConnectionMultiplexer>(new InvalidOperationException()) })
            Assert.Equal(RedisOutcome.NotAsked, (await Ask(Redis(connecting), Task.FromResult(1))).Outcome);
        Assert.Equal(0, _asked);
    }

    private Task<RedisAnswer<int>> Ask(BoundedRedis redis, Task<int> answer) => redis.TryAsync(_ =>
    {
        _asked++;
        return answer;
    }).AsTask();

    private BoundedRedis Redis() => Redis(Task.FromResult(DispatchProxy.Create<IConnectionMultiplexer, Connected>()));

    private BoundedRedis Redis(Task<IConnectionMultiplexer>? connecting) => new(connecting, "nothing", Budget, new(3, Pause, _time), _time, NullLogger.Instance);

    /// <summary>A connection whose database no command looks at.</summary>
    public class Connected : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
    }
}
