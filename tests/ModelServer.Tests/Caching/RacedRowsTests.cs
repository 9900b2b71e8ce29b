using Microsoft.Extensions.Logging.Abstractions;
using ModelServer.Answers;
using ModelServer.Caching;
using ModelServer.Requests;
using ModelServer.Scheduling;
using StackExchange.Redis;
using Testing;

namespace ModelServer.Tests.Caching;

/// <summary>An engine that has nothing else to do does not wait for a Redis that hardly ever has a row.</summary>
public sealed class RacedRowsTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncLifetime
{
    /// <summary>More than it takes to see that Redis has nothing.</summary>
    private const int Misses = 400;

    private readonly FakeEngine _engine = new();
    private IConnectionMultiplexer? _connection;
    private int _abandoned;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task GetOrCompute_RedisHasARowAfterAll_IsAHitAndTheRunIsAbandoned(RedisKind kind)
    {
        var cache = await SeasonedAsync(kind, known: 9999);

        var answer = await Ask(cache, 9999, _engine.Compute, isIdle: true);

        Assert.Equal((CacheOutcome.Hit, 5), (answer.Outcome, answer.Rows[0].Span[0]));
        Assert.Equal((Misses + 1, 1), (_engine.Started, _abandoned));
        // Known here from now on.
        Assert.Equal(CacheOutcome.Hit, (await Ask(cache, 9999, _engine.Compute, isIdle: true)).Outcome);
        Assert.Equal(Misses + 1, _engine.Started);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task GetOrCompute_RedisHasNoRow_IsTheEnginesRow(RedisKind kind)
    {
        var cache = await SeasonedAsync(kind);

        var asked = Ask(cache, 9998, _engine.Compute, isIdle: true);
        // Before anything came of Redis.
        Assert.Equal(Misses + 1, _engine.Started);
        _engine.Complete();

        Assert.Equal(CacheOutcome.Miss, (await asked).Outcome);
        Assert.Equal(0, _abandoned);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task GetOrCompute_EngineIsBusy_WaitsForRedis(RedisKind kind)
    {
        var cache = await SeasonedAsync(kind, known: 9999);

        Assert.Equal(CacheOutcome.Hit, (await Ask(cache, 9999, _engine.Compute, isIdle: false)).Outcome);
        Assert.Equal(Misses, _engine.Started);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task GetOrCompute_RedisMayWellHaveTheRow_TheIdleEngineWaits(RedisKind kind)
    {
        var (cache, rows) = await ConnectAsync(kind);
        await WriteAsync(rows, 7);

        Assert.Equal(CacheOutcome.Hit, (await Ask(cache, 7, _engine.Compute, isIdle: true)).Outcome);
        Assert.Equal(0, _engine.Started);
    }

    /// <param name="known">A key that another replica has put into Redis.</param>
    private async Task<ResultCache> SeasonedAsync(RedisKind kind, int? known = null)
    {
        var (cache, rows) = await ConnectAsync(kind);
        if (known is { } key) await WriteAsync(rows, key);
        for (var i = 0; i < Misses; i++) await Ask(cache, i, _engine.ComputeAtOnce, isIdle: false);
        return cache;
    }

    private async Task<(ResultCache Cache, RedisRows OfAnother)> ConnectAsync(RedisKind kind)
    {
        _connection = await RedisServers.ConnectAsync(await servers.StartAsync(kind));
        return (CacheParts.Cache(redis: Rows()), Rows());
    }

    private RedisRows Rows()
    {
        // A busy machine must not make a miss of a hit.
        var options = CacheParts.Options(o => o.RedisBudget = TimeSpan.FromSeconds(10));
        return new(Task.FromResult(_connection!), options, CacheParts.Metrics(new MemoryRows(options, TimeProvider.System)), TimeProvider.System, NullLogger<RedisRows>.Instance);
    }

    private async Task WriteAsync(RedisRows rows, int key)
    {
        rows.Write(CacheParts.Key(key), new float[] { 5 });
        await Eventually.HoldsAsync(() => _connection!.GetDatabase().KeyExistsAsync($"row:{CacheParts.Key(key)}"));
    }

    private Task<CachedRows> Ask(ResultCache cache, int key, Func<IReadOnlyList<int>, Task<float[]>[]> compute, bool isIdle) => cache.GetOrComputeAsync(
        [CacheParts.Key(key)], CachePolicy.Default, RequestPriority.Interactive, compute, new(() => isIdle, () => _abandoned++), default);
}
