using Microsoft.Extensions.Logging.Abstractions;
using ModelServer.Caching;
using StackExchange.Redis;
using Testing;

namespace ModelServer.Tests.Caching;

public sealed class RedisRowsTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncLifetime
{
    private static readonly CacheKey[] Keys = [CacheParts.Key(1), CacheParts.Key(2), CacheParts.Key(3)];
    private readonly ManualTimeProvider _time = new();
    private IRedisServer? _server;
    private IConnectionMultiplexer? _connection;

    private IDatabase Database => _connection!.GetDatabase();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Read_WhatAnotherReplicaWrote_IsThere(RedisKind kind)
    {
        await ConnectAsync(kind);
        await WriteAsync(Rows(), Keys[1], [1, 2, 3]);

        var rows = await Rows().ReadAsync(Keys, default);

        Assert.Equal([null, [1, 2, 3], null], rows);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Write_Row_LivesForItsTimeAndNamesNoInput(RedisKind kind)
    {
        await ConnectAsync(kind);
        await WriteAsync(Rows(), Keys[0], [1]);

        Assert.InRange((await Database.KeyTimeToLiveAsync(Name(Keys[0])))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
        Assert.Matches("^row:[0-9a-f]{64}$", Name(Keys[0]));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Read_ValueIsNoRow_IsAMiss(RedisKind kind)
    {
        await ConnectAsync(kind);
        await WriteAsync(Rows(), Keys[0], [1, 2]);
        await Database.StringSetAsync(Name(Keys[1]), "nonsense", null, When.Always);
        await Database.HashSetAsync(Name(Keys[2]), "a", "b");

        Assert.Equal([[1, 2], null, null], await Rows().ReadAsync(Keys, default));
    }

    [RedisFact("Garnet has no CLIENT PAUSE.")]
    public async Task Read_RedisStalls_IsAMissWhenTheBudgetIsOverAndCostsNothingOnceTheBreakerIsOpen()
    {
        await ConnectAsync(RedisKind.Redis);
        var rows = Rows();
        await Database.ExecuteAsync("CLIENT", "PAUSE", "60000", "ALL");
        for (var i = 0; i < 5; i++)
        {
            var reading = rows.ReadAsync(Keys, default);
            _time.Advance(TimeSpan.FromMilliseconds(19));
            Assert.False(reading.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal([null, null, null], await reading.WaitAsync(Eventually.Limit));
        }

        // Completed before anything was awaited: Redis was not asked.
        Assert.True(rows.ReadAsync(Keys, default).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(rows.ReadAsync(Keys, default).IsCompleted);
        Assert.True(rows.ReadAsync(Keys, default).IsCompletedSuccessfully);
    }

    [RedisFact("Garnet has no CLIENT PAUSE.")]
    public async Task Read_CallerLeaves_IsCancelledAndNoFailureOfRedis()
    {
        await ConnectAsync(RedisKind.Redis);
        var rows = Rows(o => o.BreakerFailures = 1);
        await WriteAsync(rows, Keys[0], new float[] { 1 });
        await Database.ExecuteAsync("CLIENT", "PAUSE", "300", "ALL");
        using var leaves = new CancellationTokenSource();
        var reading = rows.ReadAsync(Keys, leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        Assert.NotNull((await rows.ReadAsync(Keys, default))[0]);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Read_RedisDiesAndComesBack_IsUsedAgainAfterThePause(RedisKind kind)
    {
        await ConnectAsync(kind);
        var rows = Rows();
        await WriteAsync(rows, Keys[0], new float[] { 1 });
        _server!.Kill();
        var waited = 0;
        for (var i = 0; i < 1000; i++)
        {
            var reading = rows.ReadAsync(Keys, default);
            if (!reading.IsCompleted)
            {
                waited++;
                _time.Advance(TimeSpan.FromMilliseconds(20));
            }

            Assert.Equal([null, null, null], await reading.WaitAsync(Eventually.Limit));
            rows.Write(Keys[1], new float[] { 2 });
        }

        Assert.InRange(waited, 0, 5);

        await _server.RestartAsync();
        await Eventually.HoldsAsync(() => _connection!.IsConnected);
        Assert.True(rows.ReadAsync(Keys, default).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(5));
        await rows.ReadAsync(Keys, default);
        await WriteAsync(rows, Keys[0], new float[] { 3 });
        Assert.Equal((float[])[3], (await rows.ReadAsync(Keys, default))[0]);
    }

    [Fact]
    public async Task Read_StillConnecting_IsAMiss()
    {
        var rows = Rows(connecting: new TaskCompletionSource<IConnectionMultiplexer>().Task);

        rows.Write(Keys[0], new float[] { 1 });

        Assert.Equal([null, null, null], await rows.ReadAsync(Keys, default));
    }

    [Fact]
    public async Task Read_CannotConnectAsConfigured_IsAMiss()
    {
        var rows = Rows(connecting: Task.FromException<IConnectionMultiplexer>(new InvalidOperationException("no endpoints")));
        for (var i = 0; i < 10; i++)
        {
            rows.Write(Keys[0], new float[] { 1 });
            Assert.Equal([null, null, null], await rows.ReadAsync(Keys, default));
        }
    }

    private async Task ConnectAsync(RedisKind kind)
    {
        _server = await servers.StartAsync(kind);
        _connection = await RedisServers.ConnectAsync(_server);
    }

    private RedisRows Rows(Action<CacheOptions>? change = null, Task<IConnectionMultiplexer>? connecting = null)
    {
        var options = CacheParts.Options(change);
        var metrics = CacheParts.Metrics(new MemoryRows(options, _time));
        return new RedisRows(connecting ?? Task.FromResult(_connection!), options, metrics, _time, NullLogger<RedisRows>.Instance);
    }

    /// <summary>Writes and waits until it is there: the cache itself never waits.</summary>
    private async Task WriteAsync(RedisRows rows, CacheKey key, float[] row)
    {
        rows.Write(key, row);
        await Eventually.HoldsAsync(() => Database.KeyExistsAsync(Name(key)));
    }

    private static string Name(CacheKey key) => $"row:{key}";
}
