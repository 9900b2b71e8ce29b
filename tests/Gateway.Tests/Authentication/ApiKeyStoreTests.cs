using Gateway.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Testing;

namespace Gateway.Tests.Authentication;

public sealed class ApiKeyStoreTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncLifetime
{
    private static readonly ApiKey Key = new("0123456789abcdef01234567", ApiKey.HashOf("secret"), "n", "team", ["infer"], null, null, default, null);
    private readonly ManualTimeProvider _time = new();
    private IRedisServer _server = null!;
    private IConnectionMultiplexer? _connection;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Find_OfAKeyDeletedElsewhere_AnswersFromTheCacheForFiveSeconds(RedisKind kind)
    {
        var (one, other) = (await CreateAsync(kind), Create());
        await one.SaveAsync(Key);
        Assert.Equivalent(Key, await other.FindAsync(Key.Id));

        Assert.True(await one.DeleteAsync(Key.Id));

        Assert.Null(await one.FindAsync(Key.Id));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.NotNull(await other.FindAsync(Key.Id));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await other.FindAsync(Key.Id));
        Assert.False(await other.DeleteAsync(Key.Id));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Find_OfAKeyThatHasNotChanged_AnswersTheSameRecord(RedisKind kind)
    {
        var store = await CreateAsync(kind);
        await store.SaveAsync(Key);
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Same(Key, await store.FindAsync(Key.Id));
        Assert.Equal(Key.Id, Assert.Single(await store.ListAsync()).Id);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Find_WhileRedisIsAway_AnswersWhatWasSeenForTenMinutes(RedisKind kind)
    {
        var store = await CreateAsync(kind);
        await store.SaveAsync(Key);
        Assert.Null(await store.FindAsync("unknown"));
        _server.Kill();

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Same(Key, await store.FindAsync(Key.Id));
        Assert.Null(await store.FindAsync("unknown"));
        await Assert.ThrowsAsync<ApiKeysUnavailableException>(async () => await store.FindAsync("never seen"));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<ApiKeysUnavailableException>(async () => await store.FindAsync(Key.Id));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Replace_OfAKeyDeletedElsewhere_DoesNotBringItBack(RedisKind kind)
    {
        var (one, other) = (await CreateAsync(kind), Create());
        await one.SaveAsync(Key);
        // In its cache for five seconds.
        Assert.NotNull(await other.FindAsync(Key.Id));
        Assert.True(await one.DeleteAsync(Key.Id));

        Assert.False(await other.TryReplaceAsync(Key with { Hash = ApiKey.HashOf("another") }));

        Assert.Empty(await one.ListAsync());
        Assert.Null(await other.FindAsync(Key.Id));
        Assert.False(await other.DeleteAsync(Key.Id));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Replace_OfAKeyThatIsThere_IsSeenElsewhereWithinFiveSeconds(RedisKind kind)
    {
        var (one, other) = (await CreateAsync(kind), Create());
        await one.SaveAsync(Key);
        Assert.NotNull(await other.FindAsync(Key.Id));

        Assert.True(await one.TryReplaceAsync(Key with { Hash = ApiKey.HashOf("another") }));

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await other.FindAsync(Key.Id))!.Matches("another"));
    }

    [Fact]
    public async Task Store_WithoutRedis_IsUnavailable()
    {
        var store = Create();

        await Assert.ThrowsAsync<ApiKeysUnavailableException>(async () => await store.FindAsync(Key.Id));
        await Assert.ThrowsAsync<ApiKeysUnavailableException>(store.ListAsync);
        await Assert.ThrowsAsync<ApiKeysUnavailableException>(() => store.SaveAsync(Key));
        await Assert.ThrowsAsync<ApiKeysUnavailableException>(() => store.TryReplaceAsync(Key));
        await Assert.ThrowsAsync<ApiKeysUnavailableException>(() => store.DeleteAsync(Key.Id));
    }

    private async Task<ApiKeyStore> CreateAsync(RedisKind kind)
    {
        _server = await servers.StartAsync(kind);
        _connection = await RedisServers.ConnectAsync(_server);
        return Create();
    }

    private ApiKeyStore Create()
    {
        RedisConnection? redis = null;
        if (_connection is not null)
        {
            redis = new(new ServiceCollection().AddSingleton(_connection).BuildServiceProvider());
            redis.Connecting.Wait();
        }

        return new(redis, _time, NullLogger<ApiKeyStore>.Instance);
    }
}
