using Gateway.Audit;
using Gateway.Replicas;
using Gateway.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Testing;

namespace Gateway.Tests.Audit;

public sealed class UsageTotalsTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncLifetime
{
    private static readonly DateOnly Today = new(2030, 1, 1);
    private readonly ManualTimeProvider _time = new();
    private IRedisServer _server = null!;
    private IConnectionMultiplexer _connection = null!;
    private UsageTotals _totals = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _totals.StopAsync(default);
        await _connection.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Usage_WhileRedisIsAway_IsKeptAndWrittenOnceItIsBack(RedisKind kind)
    {
        await StartAsync(kind);
        Add(prompt: 1);
        await SecondsUntilAsync(() => RequestsAsync(1));
        _server.Kill();
        // Longer than it takes to give Redis up.
        for (var i = 0; i < 20; i++)
        {
            Add(prompt: 1);
            await SecondAsync();
        }

        await _server.RestartAsync();
        // What it knew is lost with it; what came meanwhile is not.
        await SecondsUntilAsync(() => RequestsAsync(20));

        Add(prompt: 1);
        await SecondsUntilAsync(() => RequestsAsync(21));
    }

    [RedisFact("Garnet has no CLIENT PAUSE.")]
    public async Task Usage_ConfirmationIsLost_CountsOnce()
    {
        await StartAsync(RedisKind.Redis);
        await _connection.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "600", "ALL");
        Add(prompt: 5);
        // Sent, held up beyond the budget, executed, and sent again.
        for (var i = 0; i < 3; i++) await SecondAsync();

        await SecondsUntilAsync(() => RequestsAsync(1));
        for (var i = 0; i < 5; i++) await SecondAsync();

        Assert.Equal([new("team", "m", 1, 5, 2)], (await _totals.ReadAsync(Today))!);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Usage_OfTwoDaysAndManyClients_IsSummedForEach(RedisKind kind)
    {
        await StartAsync(kind);
        _time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1));
        Add(prompt: 1);
        _totals.Add("other:one", Used(model: null, prompt: 3, completion: null));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Add(prompt: 7);
        Add(prompt: 8);

        await SecondsUntilAsync(async () => await _totals.ReadAsync(Today.AddDays(1)) is { Length: 1 });

        Assert.Equal([new("team", "m", 2, 15, 4)], (await _totals.ReadAsync(Today.AddDays(1)))!);
        Assert.Equal([new("other:one", null, 1, 3, 0), new("team", "m", 1, 1, 2)], (await _totals.ReadAsync(Today))!);
    }

    private void Add(long prompt)
    {
        _totals.Add("team", Used("m", prompt, 2));
    }

    private static TokenUsage Used(string? model, long prompt, long? completion)
    {
        var headers = new HeaderDictionary();
        new ReportedUsage(model, prompt, completion).WriteTo(headers);
        var usage = new TokenUsage(new(Microsoft.Extensions.Options.Options.Create(new ConnectionOptions())));
        usage.Take(headers, StatusCodes.Status200OK, isWhole: true);
        return usage;
    }

    private async Task<bool> RequestsAsync(long requests) => await _totals.ReadAsync(Today) is [{ } row] && row.Requests == requests;

    private async Task StartAsync(RedisKind kind)
    {
        _server = await servers.StartAsync(kind);
        _connection = await RedisServers.ConnectAsync(_server);
        var redis = new RedisConnection(new ServiceCollection().AddSingleton(_connection).BuildServiceProvider());
        await redis.Connecting;
        _totals = new(redis, _time, NullLogger<UsageTotals>.Instance);
        await _totals.StartAsync(default);
    }

    /// <summary>A second of virtual time, and a moment of real time in which Redis can answer.</summary>
    private async Task SecondAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(10);
    }

    private async Task SecondsUntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            var asking = condition();
            // Its budget is virtual: it must not run out before the answer has had real time to come.
            await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(1), limit.Token));
            if (asking.IsCompleted && await asking) return;
            limit.Token.ThrowIfCancellationRequested();
            await SecondAsync();
        }
    }
}
