using Microsoft.Extensions.Logging.Abstractions;
using ModelServer.Drift;
using ServiceDefaults.Redis;
using StackExchange.Redis;
using Testing;

namespace ModelServer.Tests.Drift;

public sealed class BaselineStoreTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private IConnectionMultiplexer? _connection;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Baseline_CompletedFirst_IsThatOfAll(RedisKind kind)
    {
        var (one, two) = (await ConnectAsync(kind), await ConnectAsync(kind));
        var (first, second) = (WatchParts.Watch(), WatchParts.Watch());
        first.Add(150, 5);
        second.Add(80, 9);

        await one.SyncAsync(first, default);
        await two.SyncAsync(second, default);

        Assert.Equal(first.Stored!.Features["length"], second.Stored!.Features["length"]);
        Assert.Equal((50, 80), (first.Tell().Seen, second.Tell().Seen));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Server_ThatWasRestarted_GoesOnWithTheBaseline(RedisKind kind)
    {
        var store = await ConnectAsync(kind);
        var before = WatchParts.Watch();
        before.Add(100, 5);
        await store.SyncAsync(before, default);

        var after = WatchParts.Watch();
        await (await ConnectAsync(kind, keep: true)).SyncAsync(after, default);

        Assert.Equal(before.Stored!.StoredAt, after.Stored!.StoredAt);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Reset_ForgetsWhatWasShared(RedisKind kind)
    {
        var store = await ConnectAsync(kind);
        var watch = WatchParts.Watch();
        watch.Add(100, 5);
        await store.SyncAsync(watch, default);

        await store.ResetAsync(watch, default);
        await store.SyncAsync(watch, default);

        Assert.Null(watch.Stored);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Value_ThatIsNoBaseline_IsReplaced(RedisKind kind)
    {
        var store = await ConnectAsync(kind);
        await _connection!.GetDatabase().StringSetAsync("drift:tiny:1", "nonsense");
        var watch = WatchParts.Watch();
        watch.Add(10, 5);

        await store.SyncAsync(watch, default);
        Assert.Null(watch.Stored);

        watch.Add(90, 5);
        await store.SyncAsync(watch, default);
        Assert.NotNull(watch.Stored);
    }

    [Fact]
    public async Task WithoutRedis_EachKeepsItsFirstObservations()
    {
        var watch = WatchParts.Watch();
        watch.Add(150, 5);

        await new BaselineStore(null, _time).SyncAsync(watch, default);

        Assert.Equal((150, 100), (watch.Tell().Seen, watch.Tell().Early.Count));
    }

    private async Task<BaselineStore> ConnectAsync(RedisKind kind, bool keep = false)
    {
        if (_connection is null && !keep) _connection = await RedisServers.ConnectAsync(await servers.StartAsync(kind));
        return new(new BoundedRedis(Task.FromResult(_connection!), "", TimeSpan.FromSeconds(20), new(3, TimeSpan.FromSeconds(1), _time), TimeProvider.System, NullLogger.Instance), _time);
    }
}
