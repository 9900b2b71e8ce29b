using System.Diagnostics;
using StackExchange.Redis;
using Testing;

namespace StandIns.Tests.Redis;

/// <summary>Each with a server of its own, which it stops, pauses or kills.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Connect_WrongPassword_ThrowsWithoutTellingIt()
    {
        var failure = await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_server.Port},password=not-the-one"));

        Assert.Equal(ConnectionFailureType.AuthenticationFailure, failure.FailureType);
        Assert.DoesNotContain("not-the-one", failure.ToString());
    }

    [Fact]
    public async Task Connect_WrongPasswordWithoutAbort_IsNotConnected()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_server.Port},password=not-the-one,abortConnect=false");

        Assert.False(connection.IsConnected);
        Assert.DoesNotContain("not-the-one", connection.ToString());
    }

    [Fact]
    public async Task Connect_NoServerWithAbort_Throws()
    {
        _server.Kill();

        var failure = await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(_server.ConnectionString + ",connectTimeout=500"));

        Assert.Equal(ConnectionFailureType.UnableToConnect, failure.FailureType);
        Assert.DoesNotContain(_server.Password, failure.ToString());
    }

    [Fact]
    public async Task Connect_NoServerWithoutAbort_ConnectsOnceThereIsOne()
    {
        _server.Kill();
        var options = RedisFixture.Impatient(_server.ConnectionString + ",abortConnect=false,connectTimeout=1000");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        Assert.False(connection.IsConnected);

        await _server.RestartAsync();

        Assert.True(await RedisFixture.WithinAsync(() => Task.FromResult(connection.IsConnected)));
        Assert.True(await connection.GetDatabase().StringSetAsync("k", "v"));
    }

    [Fact]
    public async Task Command_WhileDisconnected_WaitsInTheBacklog()
    {
        var options = RedisFixture.Impatient(_server.ConnectionString);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        _server.Kill();
        Assert.True(await RedisFixture.WithinAsync(() => Task.FromResult(!connection.IsConnected)));

        var waiting = connection.GetDatabase().StringSetAsync("k", "v");
        await _server.RestartAsync();

        Assert.True(await waiting.WaitAsync(Limit));
    }

    [Fact]
    public async Task Command_WhileDisconnectedTooLong_ThrowsConnectionException()
    {
        var options = RedisFixture.Impatient(_server.ConnectionString);
        options.AsyncTimeout = 300;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        _server.Kill();
        Assert.True(await RedisFixture.WithinAsync(() => Task.FromResult(!connection.IsConnected)));

        var failure = await Assert.ThrowsAsync<RedisConnectionException>(() => connection.GetDatabase().StringGetAsync("k").WaitAsync(Limit));

        Assert.DoesNotContain(_server.Password, failure.ToString());
    }

    [Fact]
    public async Task Command_WhileDisconnectedFailFast_ThrowsAtOnce()
    {
        var options = RedisFixture.Impatient(_server.ConnectionString);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        _server.Kill();
        Assert.True(await RedisFixture.WithinAsync(() => Task.FromResult(!connection.IsConnected)));

        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RedisConnectionException>(() => connection.GetDatabase().StringGetAsync("k"));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1));
        await connection.GetDatabase().StringSetAsync("k", "v", flags: CommandFlags.FireAndForget);
    }

    [Fact]
    public async Task Connection_ServerKilledAndBack_RaisesBothEventsAndWorks()
    {
        var failed = new TaskCompletionSource<ConnectionFailedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisFixture.Impatient(_server.ConnectionString));
        Assert.True(connection.IsConnected);
        connection.ConnectionFailed += (_, what) => failed.TrySetResult(what);
        var database = connection.GetDatabase();

        _server.Kill();
        Assert.NotEqual(ConnectionFailureType.None, (await failed.Task.WaitAsync(Limit)).FailureType);
        connection.ConnectionRestored += (_, _) => restored.TrySetResult();
        await _server.RestartAsync();

        await restored.Task.WaitAsync(Limit);
        Assert.True(await database.StringSetAsync("k", "v"));
        Assert.Equal("v", await database.StringGetAsync("k"));
    }

    [Fact]
    public async Task Subscription_ServerKilledAndBack_HearsAgain()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisFixture.Impatient(_server.ConnectionString));
        var subscriber = connection.GetSubscriber();
        var queue = await subscriber.SubscribeAsync(RedisChannel.Literal("news"));

        await _server.RestartAsync();

        Assert.True(await RedisFixture.WithinAsync(async () => await subscriber.PublishAsync(RedisChannel.Literal("news"), "back") == 1));
        using var limit = new CancellationTokenSource(Limit);
        Assert.Equal("back", (await queue.ReadAsync(limit.Token)).Message);
    }

    [Fact]
    public async Task Command_InFlightWhenTheServerDies_ThrowsConnectionException()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisFixture.Impatient(_server.ConnectionString));
        var database = connection.GetDatabase();
        await database.ExecuteAsync("CLIENT", "PAUSE", 60_000, "ALL");
        var waiting = database.StringGetAsync("k");
        Assert.False(waiting.IsCompleted);

        _server.Kill();

        await Assert.ThrowsAsync<RedisConnectionException>(() => waiting.WaitAsync(Limit));
    }

    [Fact]
    public async Task Command_ServerTooSlow_TimesOutAndLaterAnswersStillMatch()
    {
        var options = RedisFixture.Impatient(_server.ConnectionString);
        options.AsyncTimeout = 300;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var database = connection.GetDatabase();
        await database.StringSetAsync("k", "v");
        await database.ExecuteAsync("CLIENT", "PAUSE", 800, "ALL");

        var failure = await Assert.ThrowsAsync<RedisTimeoutException>(() => database.StringGetAsync("k").WaitAsync(Limit));

        Assert.Contains("GET", failure.Message);
        Assert.True(await RedisFixture.WithinAsync(async () =>
        {
            try
            {
                return await database.ExecuteAsync("ECHO", "later") is var echo && (string?)echo == "later";
            }
            catch (RedisTimeoutException)
            {
                return false;
            }
        }));
        Assert.Equal("v", await database.StringGetAsync("k"));
    }

    [Fact]
    public async Task Close_WithCommandsUnderWay_LetsThemFinish()
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        var database = connection.GetDatabase();
        var pending = Enumerable.Range(0, 200).Select(_ => database.StringIncrementAsync("n")).ToArray();

        await connection.CloseAsync();

        Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), await Task.WhenAll(pending));
        Assert.False(connection.IsConnected);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.StringGetAsync("n"));
    }

    [Fact]
    public async Task Connect_DefaultDatabase_KeepsItsKeysApart()
    {
        await using var first = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        await using var second = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString + ",defaultDatabase=3");
        await second.GetDatabase().StringSetAsync("k", "in three");

        Assert.Equal(3, second.GetDatabase().Database);
        Assert.True((await first.GetDatabase().StringGetAsync("k")).IsNull);
    }
}
