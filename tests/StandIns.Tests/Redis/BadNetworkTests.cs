using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace StandIns.Tests.Redis;

[Collection(RedisCollection.Name)]
public sealed class BadNetworkTests(RedisFixture redis)
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Answers_InSmallPieces_AreUnderstood(int chunk)
    {
        await using var proxy = new ChunkingProxy(redis.Server.Port, chunk);
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{proxy.Port},password={redis.Server.Password}");
        var database = connection.GetDatabase();
        var bytes = Enumerable.Range(0, 3000).Select(i => (byte)i).ToArray();
        var key = RedisFixture.NewKey();

        await database.StringSetAsync(key, bytes);
        var several = Task.WhenAll(Enumerable.Range(0, 20).Select(_ => database.StringGetAsync([key, "missing", key])));
        var nested = await database.ScriptEvaluateAsync("return {1, {'a', {'b'}}, false, 'end'}");

        Assert.All(await several, answer => Assert.Equal([bytes, RedisValue.Null, bytes], answer));
        Assert.Equal("b", (string?)nested[1][1][0]);
        Assert.Equal("end", (string?)nested[3]);
    }

    [Fact]
    public async Task Connection_GoneSilent_IsReplaced()
    {
        await using var proxy = new ChunkingProxy(redis.Server.Port, 1 << 16);
        var options = RedisFixture.Impatient($"127.0.0.1:{proxy.Port},password={redis.Server.Password},asyncTimeout=200");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var database = connection.GetDatabase();
        await database.PingAsync();

        proxy.Silence();

        await Assert.ThrowsAsync<RedisTimeoutException>(() => database.PingAsync());
        Assert.True(await RedisFixture.WithinAsync(async () =>
        {
            try
            {
                return await database.PingAsync() > TimeSpan.Zero;
            }
            catch (Exception failure) when (failure is RedisTimeoutException or RedisConnectionException)
            {
                return false;
            }
        }));
    }

    [Fact]
    public async Task Connect_ServerThatNeverAnswers_EndsWithItsTimeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clock = Stopwatch.StartNew();

        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},connectTimeout=300,connectRetry=1"));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
    }
}
