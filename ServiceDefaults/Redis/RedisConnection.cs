using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace ServiceDefaults;

/// <summary>Begins to connect while the host starts. Connecting blocks as long as there is no server, so nobody waits for it.</summary>
public sealed class RedisConnection(IServiceProvider services) : IHostedService
{
    public Task<IConnectionMultiplexer> Connecting { get; } = Task.Run(services.GetRequiredService<IConnectionMultiplexer>);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
