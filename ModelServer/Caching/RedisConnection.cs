using StackExchange.Redis;

namespace ModelServer.Caching;

/// <summary>Begins to connect while the host starts. Connecting blocks as long as there is no server, so nobody waits for it.</summary>
internal sealed class RedisConnection(IServiceProvider services) : IHostedService
{
    public Task<IConnectionMultiplexer> Connecting { get; } = Task.Run(services.GetRequiredService<IConnectionMultiplexer>);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
