using System.Diagnostics;
using System.Net;
using Gateway.RateLimiting;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Gateway.Tests.RateLimiting;

/// <summary>Gateways that share limits through a real server.</summary>
public sealed class SharedLimitTests(RedisServers servers) : IClassFixture<RedisServers>
{
    private IRedisServer _redis = null!;

    [Theory, OnRedis, OnGarnet]
    public async Task HundredClientsOverTwoGateways_GetTheLimitAndNotOneMore(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        await using var one = await StartAsync(("RateLimiting:Tiers:default:RequestsPerMinute", "300"));
        await using var other = await StartAsync(("RateLimiting:Tiers:default:RequestsPerMinute", "300"));

        var start = Stopwatch.GetTimestamp();
        var codes = await FloodAsync([one, other], clients: 100, each: 10, client => client.PredictAsync());

        var passed = codes.Count(c => c == HttpStatusCode.OK);
        var windows = 1 + (int)Stopwatch.GetElapsedTime(start).TotalMinutes;
        Assert.InRange(passed, 280, 300 * windows);
        Assert.Equal(1000 - passed, codes.Count(c => c == HttpStatusCode.TooManyRequests));
        Assert.Equal(passed, one.Replica.Count + other.Replica.Count);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task HundredClientsOverTwoGateways_UseTheTokensAndNotOneMore(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        (string, string)[] settings =
        [
            ("RateLimiting:Tiers:default:TokensPerDay", "2000"), ("RateLimiting:Tiers:default:RequestsPerMinute", "1000000"), ("RateLimiting:BytesPerToken", "1"),
        ];
        await using var one = await StartAsync(settings);
        await using var other = await StartAsync(settings);
        one.Replica.Answer = other.Replica.Answer = context =>
        {
            context.Response.Headers["x-usage-prompt-tokens"] = "10";
            return context.Response.WriteAsJsonAsync(new { label = "x" });
        };

        // Each reserves 15 and takes 10.
        var codes = await FloodAsync([one, other], clients: 100, each: 10, client => client.PredictAsync("fine"));

        Assert.InRange(codes.Count(c => c == HttpStatusCode.OK), 120, 200);
        Assert.Equal(codes.Count(c => c == HttpStatusCode.OK), one.Replica.Count + other.Replica.Count);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Concurrency_OverTwoGateways_IsNeverExceeded(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        var running = 0;
        var most = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var one = await StartAsync(("RateLimiting:Tiers:default:Concurrency", "7"));
        await using var other = await StartAsync(("RateLimiting:Tiers:default:Concurrency", "7"));
        one.Replica.Answer = other.Replica.Answer = async context =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (now == 7) full.TrySetResult();
            await goOn.Task;
            Interlocked.Decrement(ref running);
            await context.Response.WriteAsJsonAsync(new { label = "x" });
        };

        var flood = FloodAsync([one, other], clients: 40, each: 1, client => client.PredictAsync());
        await full.Task.WaitAsync(TimeSpan.FromSeconds(30));
        goOn.SetResult();
        var codes = await flood;
        // All slots are free again once Redis has heard.
        using var late = one.CreateInferClient();
        await one.WaitUntilAsync(async _ => (await late.PredictAsync()).IsSuccessStatusCode);

        Assert.Equal(7, most);
        Assert.InRange(codes.Count(c => c == HttpStatusCode.OK), 7, 40);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task GatewayThatDies_TakesAtMostItsLeaseWithIt(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        await using var living = await StartAsync(("RateLimiting:Tiers:default:RequestsPerMinute", "400"));
        var dying = await StartAsync(("RateLimiting:Tiers:default:RequestsPerMinute", "400"));
        var before = await FloodAsync([dying], clients: 5, each: 20, client => client.PredictAsync());
        // Killed: nothing is given back.
        dying.Services.GetRequiredService<ClientRateLimiter>().Dispose();

        var after = await FloodAsync([living], clients: 10, each: 50, client => client.PredictAsync());

        Assert.All(before, code => Assert.Equal(HttpStatusCode.OK, code));
        Assert.InRange(after.Count(c => c == HttpStatusCode.OK), 400 - 100 - 400 / 8, 300);
        await dying.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task RedisThatDiesAndComesBack_IsNoOutageAndNoOpenDoor(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        await using var gateway = await StartAsync(("RateLimiting:Tiers:default:RequestsPerMinute", "100"), ("RateLimiting:BreakerPause", "00:00:00.05"));
        var codes = await FloodAsync([gateway], clients: 4, each: 10, client => client.PredictAsync());
        Assert.All(codes, code => Assert.Equal(HttpStatusCode.OK, code));

        _redis.Kill();
        codes = await FloodAsync([gateway], clients: 4, each: 10, client => client.PredictAsync());
        Assert.All(codes, code => Assert.Equal(HttpStatusCode.OK, code));

        await _redis.RestartAsync();
        codes = await FloodAsync([gateway], clients: 4, each: 50, client => client.PredictAsync());
        Assert.InRange(codes.Count(c => c == HttpStatusCode.OK), 8, 20);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Gateways_CountEachOther(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        await using var one = await StartAsync();
        await using (var other = await StartAsync())
        {
            await one.WaitUntilAsync(_ => Task.FromResult(one.Services.GetRequiredService<InstanceCount>().Current == 2));
            await other.WaitUntilAsync(_ => Task.FromResult(other.Services.GetRequiredService<InstanceCount>().Current == 2));
        }

        await one.WaitUntilAsync(_ => Task.FromResult(one.Services.GetRequiredService<InstanceCount>().Current == 1));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Gateway_StartedBeforeRedis_SharesOnceRedisIsThere(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        _redis.Kill();
        await using var gateway = await GatewayHost.StartAsync(settings: ("ConnectionStrings:cache", _redis.ConnectionString));
        using var client = gateway.CreateInferClient();
        Assert.Equal(HttpStatusCode.OK, (await client.PredictAsync()).StatusCode);

        await _redis.RestartAsync();

        var connection = gateway.Services.GetRequiredService<RedisConnection>().Connecting;
        await gateway.WaitUntilAsync(async _ => connection is { IsCompletedSuccessfully: true, Result.IsConnected: true } && await (await connection).GetDatabase().KeyExistsAsync(Heartbeat.Key));
    }

    private async Task<GatewayHost> StartAsync(params (string, string)[] settings)
    {
        // A budget that no slow machine exceeds: these are about counting.
        var gateway = await GatewayHost.StartAsync(settings: [("ConnectionStrings:cache", _redis.ConnectionString), ("RateLimiting:RedisBudget", "00:00:30"), .. settings]);
        await gateway.WaitUntilAsync(async _ => (await gateway.Services.GetRequiredService<RedisConnection>().Connecting).IsConnected);
        return gateway;
    }

    private static async Task<HttpStatusCode[]> FloodAsync(GatewayHost[] gateways, int clients, int each, Func<HttpClient, Task<HttpResponseMessage>> ask)
    {
        var codes = await Task.WhenAll(Enumerable.Range(0, clients).Select(async c =>
        {
            using var client = gateways[c % gateways.Length].CreateInferClient("shared");
            var mine = new List<HttpStatusCode>();
            for (var i = 0; i < each; i++)
            {
                using var response = await ask(client);
                mine.Add(response.StatusCode);
            }

            return mine;
        }));
        return [.. codes.SelectMany(c => c)];
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen;)
        {
            var now = Interlocked.CompareExchange(ref most, value, seen);
            if (now == seen) return;
            seen = now;
        }
    }
}
