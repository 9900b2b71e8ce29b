using System.Diagnostics;
using Gateway.RateLimiting;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Gateway.Tests.RateLimiting;

public sealed class RedisLedgerTests(RedisServers servers) : IClassFixture<RedisServers>
{
    private IRedisServer _redis = null!;

    /// <summary>The script does what the arithmetic in memory does, to the unit.</summary>
    [Theory, OnRedis, OnGarnet]
    public async Task Script_AgainstTheArithmeticInMemory_GrantsTheSame(RedisKind kind)
    {
        await using var gateway = await StartAsync(kind);
        var redis = gateway.Services.GetRequiredService<IQuotaLedger>();
        var memory = new MemoryLedger(new ManualTimeProvider());
        var rule = new QuotaRule(QuotaKind.TokensPerDay, 1000, TimeSpan.FromDays(1));
        var random = new Random(7);
        var (redisSlice, memorySlice) = (0L, 0L);
        for (var i = 0; i < 200; i++)
        {
            var (credit, draw) = (random.Next(0, 9), new QuotaDraw(random.Next(0, 12), random.Next(0, 60), Debt: random.Next(0, 3)));
            var real = (await redis.DrawAsync("test", rule, draw with { Credits = [new(redisSlice, credit)] }))!.Value;
            var expected = (await memory.DrawAsync("test", rule, draw with { Credits = [new(memorySlice, credit)] }))!.Value;

            Assert.Equal((expected.Granted, expected.Used), (real.Granted, real.Used));
            Assert.InRange(real.ResetIn, TimeSpan.FromHours(24), TimeSpan.FromHours(25));
            Assert.Equal(expected.FreeIn > TimeSpan.Zero, real.FreeIn > TimeSpan.Zero);
            (redisSlice, memorySlice) = (real.Slice, expected.Slice);
        }
    }

    /// <summary>Over the ends of windows that are short enough to see, with charges that lapse meanwhile.</summary>
    [Theory, OnRedis, OnGarnet]
    public async Task Script_WhileTimePasses_NeverGrantsMoreThanTheLimitInAnyWindow(RedisKind kind)
    {
        await using var gateway = await StartAsync(kind);
        var redis = gateway.Services.GetRequiredService<IQuotaLedger>();
        var rule = new QuotaRule(QuotaKind.Burst, 50, TimeSpan.FromMilliseconds(300));
        var granted = new List<(long At, long Units)>();
        var start = Stopwatch.GetTimestamp();
        var (seen, used) = (0L, 0L);
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2))
        {
            var before = Stopwatch.GetTimestamp();
            var grant = (await redis.DrawAsync("short", rule, new(1, 3, seen, used)))!.Value;
            (seen, used) = (grant.Slice, grant.Used);
            // A lease that comes too late is never spent.
            if (Stopwatch.GetElapsedTime(before).TotalMilliseconds < rule.SliceMilliseconds) granted.Add((Stopwatch.GetTimestamp(), grant.Granted));
        }

        for (var i = 0; i < granted.Count; i++)
            Assert.InRange(granted.Skip(i).TakeWhile(g => Stopwatch.GetElapsedTime(granted[i].At, g.At) < rule.Window).Sum(g => g.Units), 0, rule.Limit);
        Assert.InRange(granted.Sum(g => g.Units), 2 * rule.Limit, 7 * rule.Limit);
    }

    /// <summary>A server that ran two scripts on one key interleaved would grant the same units twice.</summary>
    [Theory, OnRedis, OnGarnet]
    public async Task Script_OverManyConnectionsAtOnce_GrantsTheLimitAndNotOneMore(RedisKind kind)
    {
        await using var one = await StartAsync(kind);
        await using var two = await StartAsync();
        await using var three = await StartAsync();
        var ledgers = new[] { one, two, three }.Select(g => g.Services.GetRequiredService<IQuotaLedger>()).ToArray();
        var rule = new QuotaRule(QuotaKind.TokensPerDay, 3000, TimeSpan.FromDays(1));

        var granted = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => Task.Run(async () =>
        {
            var mine = 0L;
            for (var i = 0; i < 400; i++) mine += (await ledgers[n % ledgers.Length].DrawAsync("raced", rule, new(1, 3)))!.Value.Granted;
            return mine;
        })));

        Assert.Equal(rule.Limit, granted.Sum());
    }

    private async Task<GatewayHost> StartAsync(RedisKind kind)
    {
        _redis = await servers.StartAsync(kind);
        return await StartAsync();
    }

    private async Task<GatewayHost> StartAsync()
    {
        // A budget that no slow machine exceeds: these are about counting.
        var gateway = await GatewayHost.StartAsync(settings: [("ConnectionStrings:cache", _redis.ConnectionString), ("RateLimiting:RedisBudget", "00:00:30")]);
        await gateway.WaitUntilAsync(async _ => (await gateway.Services.GetRequiredService<RedisConnection>().Connecting).IsConnected);
        return gateway;
    }
}
