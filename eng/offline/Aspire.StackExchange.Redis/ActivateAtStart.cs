using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>Makes the connection while the host starts, so that no request waits for it.</summary>
internal sealed class ActivateAtStart(IServiceProvider services, string? serviceKey) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (serviceKey is null) services.GetRequiredService<IConnectionMultiplexer>();
        else services.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
