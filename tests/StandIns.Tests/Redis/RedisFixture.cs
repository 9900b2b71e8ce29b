using StackExchange.Redis;
using Testing;

namespace StandIns.Tests.Redis;

/// <summary>One server for the tests that leave it as it was, and one connection to it.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisServer Server { get; private set; } = null!;

    public ConnectionMultiplexer Connection { get; private set; } = null!;

    public IDatabase Database => Connection.GetDatabase();

    /// <summary>Options that notice and repair a lost connection in tenths of a second.</summary>
    public static ConfigurationOptions Impatient(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        options.ReconnectRetryPolicy = new LinearRetry(100);
        return options;
    }

    public static RedisKey NewKey() => $"test:{Guid.NewGuid():N}";

    /// <summary>Waits for what has no event, at most ten seconds.</summary>
    public static async Task<bool> WithinAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!limit.IsCancellationRequested)
        {
            if (await condition()) return true;
            await Task.Delay(20);
        }

        return false;
    }

    public async Task InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        Connection = await ConnectionMultiplexer.ConnectAsync(Server.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class RedisCollection : ICollectionFixture<RedisFixture>
{
    public const string Name = "redis";
}
