using StackExchange.Redis;
using Xunit;

namespace Testing;

/// <summary>One server of each kind for the tests of a class, started when the first asks for it. Each test finds it running and empty,
/// whatever the test before did to it.</summary>
public sealed class RedisServers : IAsyncLifetime
{
    private readonly Dictionary<RedisKind, IRedisServer> _servers = [];

    public async Task<IRedisServer> StartAsync(RedisKind kind)
    {
        if (_servers.TryGetValue(kind, out var server)) await server.RestartAsync();
        else _servers[kind] = server = kind == RedisKind.Garnet ? await EmbeddedGarnet.StartAsync() : await RedisServer.StartAsync();
        return server;
    }

    /// <summary>A client that fails at once where nobody answers, may do everything, and hears soon that the server is back.</summary>
    public static async Task<IConnectionMultiplexer> ConnectAsync(IRedisServer server)
    {
        var options = ConfigurationOptions.Parse(server.ConnectionString);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AllowAdmin = true;
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        options.ReconnectRetryPolicy = new LinearRetry(100);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var server in _servers.Values) await server.DisposeAsync();
    }
}
