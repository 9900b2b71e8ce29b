using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace ServiceDefaults.Redis;

/// <summary>Begins to connect while the host starts. Aspire registers the connection as a service, whose factory connects synchronously and blocks
/// for seconds while there is no server: so a thread of the pool does it, and nobody waits.</summary>
public sealed class RedisConnection(IServiceProvider services) : IHostedService
{
    public Task<IConnectionMultiplexer> Connecting { get; } = Task.Run(services.GetRequiredService<IConnectionMultiplexer>);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
