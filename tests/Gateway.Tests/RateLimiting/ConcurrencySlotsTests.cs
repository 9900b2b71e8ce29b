using Gateway.RateLimiting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Testing;

namespace Gateway.Tests.RateLimiting;

public sealed class ConcurrencySlotsTests(RedisServers servers) : IClassFixture<RedisServers>
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    [InlineData(100, 1)]
    public async Task TryEnter_WithoutRedis_AdmitsTheShareOfThisGateway(int instances, int share)
    {
        var slots = Create(null, limit: 4, instances);
        var entered = 0;
        while (await slots.TryEnterAsync()) entered++;

        Assert.Equal(share, entered);
        slots.Release();
        await Eventually.HoldsAsync(async () => await slots.TryEnterAsync());
        Assert.False(await slots.TryEnterAsync());
    }

    [Fact]
    public async Task IsIdle_OnceAllHaveLeft_IsTrue()
    {
        var slots = Create(null, limit: 2);
        Assert.True(slots.IsIdle);
        Assert.True(await slots.TryEnterAsync());
        slots.Renew();
        Assert.False(slots.IsIdle);

        slots.Release();

        await Eventually.HoldsAsync(() => slots.IsIdle);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task TryEnter_AtTwoGateways_AdmitsTheLimitTogetherAndWhatOneFreesTheOther(RedisKind kind)
    {
        await using var connection = await RedisServers.ConnectAsync(await servers.StartAsync(kind));
        var (one, other) = (Create(connection, limit: 3), Create(connection, limit: 3));
        Assert.True(await one.TryEnterAsync());
        Assert.True(await one.TryEnterAsync());
        Assert.True(await other.TryEnterAsync());

        Assert.False(await one.TryEnterAsync());
        Assert.False(await other.TryEnterAsync());
        one.Release();

        await Eventually.HoldsAsync(async () => await other.TryEnterAsync());
        Assert.False(await one.TryEnterAsync());
    }

    [Theory, OnRedis, OnGarnet]
    public async Task TryEnter_UnderManyTasksAtTwoGateways_NeverExceedsTheLimit(RedisKind kind)
    {
        const int Limit = 5;
        await using var connection = await RedisServers.ConnectAsync(await servers.StartAsync(kind));
        ConcurrencySlots[] gateways = [Create(connection, Limit), Create(connection, Limit)];
        var (running, most, admitted) = (0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 20; n++)
            {
                if (!await gateways[i % 2].TryEnterAsync()) continue;
                var now = Interlocked.Increment(ref running);
                for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, now, seen);
                Interlocked.Increment(ref admitted);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                gateways[i % 2].Release();
            }
        })));

        Assert.InRange(most, 1, Limit);
        Assert.True(admitted > 0);
        await Eventually.HoldsAsync(() => gateways.All(g => g.IsIdle));
    }

    private static ConcurrencySlots Create(IConnectionMultiplexer? connection, int limit, int instances = 1)
    {
        var time = new ManualTimeProvider();
        var redis = new BoundedRedis(
            connection is null ? null : Task.FromResult(connection), "nothing", TimeSpan.FromSeconds(1), new(5, TimeSpan.FromSeconds(1), time), time, NullLogger.Instance);
        return new("slots", limit, redis, new(Options.Create(new RateLimitingOptions { Instances = instances })));
    }
}
