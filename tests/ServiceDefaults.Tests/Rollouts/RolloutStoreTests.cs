using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults.Rollouts;
using StackExchange.Redis;
using Testing;

namespace ServiceDefaults.Tests.Rollouts;

public sealed class RolloutStoreTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rollouts-").FullName;
    private readonly List<IConnectionMultiplexer> _connections = [];

    public enum Kind
    {
        Redis,
        Garnet,
        Folder,
    }

    public static TheoryData<Kind> Kinds => RedisServer.IsInstalled ? [Kind.Redis, Kind.Garnet, Kind.Folder] : [Kind.Garnet, Kind.Folder];

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Swap_OfTheNextRevision_IsReadByAnother(Kind kind)
    {
        var (mine, other) = await StartAsync(kind);
        var trial = new Trial(1, "2", TrialGoal.Canary, TrialStage.Canary, "1", 12.5, new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), null);
        Rollout first = new("m", 1) { Active = "1", Trial = trial, Wishes = [new("2", 1, true)], History = [new(default, "ann", "canary", "2", "because\nöß")] };

        Assert.Equal(SwapOutcome.Swapped, await mine.TrySwapAsync(first, default));
        Assert.Equal(SwapOutcome.Swapped, await other.TrySwapAsync(new("n", 1), default));

        var read = await other.ReadAsync(default);
        Assert.Equal(["m", "n"], read!.Select(r => r.Model).Order());
        var there = read!.Single(r => r.Model == "m");
        Assert.Equivalent(first, there, strict: true);
        Assert.Equal(trial, there.Trial);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Swap_ByManyAtOnce_LosesNoChange(Kind kind)
    {
        var (mine, other) = await StartAsync(kind);
        await mine.TrySwapAsync(new("m", 1) { Active = "0" }, default);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var store = i % 2 == 0 ? mine : other;
            for (var done = 0; done < 10;)
            {
                var there = (await store.ReadAsync(default))!.Single();
                var next = there with { Revision = there.Revision + 1, Active = $"{int.Parse(there.Active!, null) + 1}" };
                if (await store.TrySwapAsync(next, default) == SwapOutcome.Swapped) done++;
            }
        })));

        var last = (await other.ReadAsync(default))!.Single();
        Assert.Equal((81, "80"), (last.Revision, last.Active));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Swap_OfAnyOtherRevision_IsOutdated(Kind kind)
    {
        var (mine, _) = await StartAsync(kind);
        Assert.Equal(SwapOutcome.Outdated, await mine.TrySwapAsync(new("m", 2), default));
        await mine.TrySwapAsync(new("m", 1), default);

        Assert.Equal(SwapOutcome.Outdated, await mine.TrySwapAsync(new("m", 1), default));
        Assert.Equal(SwapOutcome.Outdated, await mine.TrySwapAsync(new("m", 3), default));
        Assert.Equal(1, (await mine.ReadAsync(default))!.Single().Revision);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Restore_OfWhatIsLostOrOlder_Writes_AndNeverGoesBack(Kind kind)
    {
        var (mine, other) = await StartAsync(kind);
        await mine.RestoreAsync(new("m", 7) { Active = "7" }, default);
        await other.RestoreAsync(new("m", 9) { Active = "9" }, default);
        await mine.RestoreAsync(new("m", 8) { Active = "8" }, default);
        await mine.RestoreAsync(new("m", 9) { Active = "other" }, default);

        Assert.Equal("9", (await mine.ReadAsync(default))!.Single().Active);
        Assert.Equal(SwapOutcome.Swapped, await mine.TrySwapAsync(new("m", 10), default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Subscriber_IsToldOfAChange(Kind kind)
    {
        var (mine, other) = await StartAsync(kind);
        var told = 0;
        using var subscription = other.Subscribe(() => Interlocked.Increment(ref told));
        var revision = 0;

        // A subscription takes effect a moment after it was made.
        await Eventually.HoldsAsync(async () =>
        {
            await mine.TrySwapAsync(new("m", ++revision), default);
            return Volatile.Read(ref told) > 0;
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Lease_IsOneServicesAtATime(Kind kind)
    {
        var (mine, other) = await StartAsync(kind);
        var lease = await mine.TryLeaseAsync("m", default);
        Assert.NotNull(lease);
        Assert.Null(await other.TryLeaseAsync("m", default));
        await using (var another = await other.TryLeaseAsync("n", default)) Assert.NotNull(another);

        await lease.DisposeAsync();

        await using var next = await other.TryLeaseAsync("m", default);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Lease_WhoseOwnerLostIt_DoesNotEndAnothers()
    {
        var redis = await servers.StartAsync(RedisKind.Garnet);
        var connection = await ConnectAsync(redis);
        var mine = Store(connection);
        var lease = await mine.TryLeaseAsync("m", default);
        await connection.GetDatabase().StringSetAsync("{rollouts}:lease:m", "another");

        await lease!.DisposeAsync();

        Assert.Equal("another", await connection.GetDatabase().StringGetAsync("{rollouts}:lease:m"));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task RedisIsAway_IsUnavailable_AndTellsNothing(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        var store = Store(await ConnectAsync(redis));
        redis.Kill();

        Assert.Null(await store.ReadAsync(default));
        Assert.Equal(SwapOutcome.Unavailable, await store.TrySwapAsync(new("m", 1), default));
        Assert.Null(await store.TryLeaseAsync("m", default));
        await store.RestoreAsync(new("m", 1), default);
    }

    [Fact]
    public async Task Folder_WithForeignAndBrokenFiles_ReadsTheOthers()
    {
        var store = new FolderRollouts(_folder, TimeProvider.System);
        await store.TrySwapAsync(new("m", 1), default);
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.json"), "{\"model\":");
        await File.WriteAllTextAsync(Path.Combine(_folder, "notes.txt"), "hello");

        Assert.Equal("m", Assert.Single((await store.ReadAsync(default))!).Model);
    }

    [Fact]
    public async Task Folder_ThatCannotBeWritten_IsUnavailable()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");
        var store = new FolderRollouts(Path.Combine(file, "below"), TimeProvider.System);

        Assert.Equal(SwapOutcome.Unavailable, await store.TrySwapAsync(new("m", 1), default));
        store.Subscribe(() => { }).Dispose();
    }

    private async Task<(IRolloutStore Mine, IRolloutStore Other)> StartAsync(Kind kind)
    {
        if (kind == Kind.Folder) return (new FolderRollouts(_folder, TimeProvider.System), new FolderRollouts(_folder, TimeProvider.System));
        var redis = await servers.StartAsync(kind == Kind.Redis ? RedisKind.Redis : RedisKind.Garnet);
        return (Store(await ConnectAsync(redis)), Store(await ConnectAsync(redis)));
    }

    private async Task<IConnectionMultiplexer> ConnectAsync(IRedisServer redis)
    {
        var connection = await RedisServers.ConnectAsync(redis);
        _connections.Add(connection);
        return connection;
    }

    private static RedisRollouts Store(IConnectionMultiplexer connection)
    {
        var redis = new RedisConnection(new ServiceCollection().AddSingleton(connection).BuildServiceProvider());
        redis.Connecting.Wait();
        return new(redis, TimeProvider.System, NullLogger<RedisRollouts>.Instance);
    }
}
