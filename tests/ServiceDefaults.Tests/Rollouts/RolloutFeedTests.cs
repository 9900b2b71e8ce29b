using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Rollouts;
using Testing;

namespace ServiceDefaults.Tests.Rollouts;

public sealed class RolloutFeedTests(RedisServers servers) : IClassFixture<RedisServers>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rollouts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, OnRedis, OnGarnet]
    public async Task Change_ByOneService_IsHeardByAnother_LongBeforeItWouldAsk(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        await using var mine = await StartAsync(redis, poll: "00:01:00");
        await using var other = await StartAsync(redis, poll: "00:01:00");
        await Task.WhenAll(mine.Board.Heard, other.Board.Heard);
        var revision = 0;

        await Eventually.HoldsAsync(async () =>
        {
            await mine.Store.TrySwapAsync(new("m", ++revision), default);
            return other.Board.Of("m") is not null;
        }, limit: TimeSpan.FromSeconds(30));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Redis_ThatComesBackEmpty_GetsTheDocumentsAgain(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        await using var service = await StartAsync(redis);
        await service.SwapAsync(new("m", 1));
        await service.SwapAsync(new("m", 2) { Active = "2" });
        await Eventually.HoldsAsync(() => service.Board.Of("m")?.Revision == 2);

        await redis.RestartAsync();

        await using var late = await StartAsync(redis);
        await Eventually.HoldsAsync(() => late.Board.Of("m")?.Active == "2");
    }

    [Fact]
    public async Task Start_WhileRedisIsAway_KnowsTheCopy_AndWhatRedisSaysLater()
    {
        var redis = await servers.StartAsync(RedisKind.Garnet);
        await using (var before = await StartAsync(redis, copy: true))
        {
            await before.SwapAsync(new("m", 1) { Active = "1" });
            await Eventually.HoldsAsync(() => File.Exists(Path.Combine(_folder, "m.json")));
        }

        redis.Kill();
        await using var after = await StartAsync(redis, copy: true);
        await after.Board.Heard;

        Assert.Equal("1", after.Board.Of("m")?.Active);
        await redis.RestartAsync();
        await using var witness = await StartAsync(redis);
        await Eventually.HoldsAsync(() => witness.Board.Of("m")?.Active == "1");
    }

    [Fact]
    public async Task NoRedis_TwoServicesWithOneFolder_HearEachOther()
    {
        await using var mine = await StartAsync(null, copy: true);
        await using var other = await StartAsync(null, copy: true);

        await mine.SwapAsync(new("m", 1) { Active = "1" });

        await Eventually.HoldsAsync(() => other.Board.Of("m")?.Active == "1");
    }

    [Fact]
    public async Task NeitherRedisNorFolder_HasNoStore_AndKeepsNobodyWaiting()
    {
        await using var service = await StartAsync(null);

        await service.Board.Heard;

        Assert.Null(service.Services.GetService<IRolloutStore>());
    }

    private async Task<Service> StartAsync(IRedisServer? redis, string poll = "00:00:00.100", bool copy = false)
    {
        var settings = new Dictionary<string, string?> { ["Rollouts:PollInterval"] = poll };
        if (redis is not null) settings["ConnectionStrings:cache"] = redis.ConnectionString + ",abortConnect=false,connectTimeout=500";
        if (copy) settings["Rollouts:Folder"] = _folder;
        return new(await TestService.StartAsync(
            _ => { },
            builder =>
            {
                builder.TryAddRedis();
                builder.AddRollouts();
            },
            settings));
    }

    private sealed class Service(TestService service) : IAsyncDisposable
    {
        public IServiceProvider Services => service.Services;

        public RolloutBoard Board => Services.GetRequiredService<RolloutBoard>();

        public IRolloutStore Store => Services.GetRequiredService<IRolloutStore>();

        /// <summary>Once Redis is connected to.</summary>
        public Task SwapAsync(Rollout next) => Eventually.HoldsAsync(async () => await Store.TrySwapAsync(next, default) == SwapOutcome.Swapped);

        public ValueTask DisposeAsync() => service.DisposeAsync();
    }
}
