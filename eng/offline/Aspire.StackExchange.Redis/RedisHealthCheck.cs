using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>Healthy when the server answers PING.</summary>
internal sealed class RedisHealthCheck(IServiceProvider services, string? serviceKey) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Making the connection may fail too, so it happens here.
            var connection = serviceKey is null
                ? services.GetRequiredService<IConnectionMultiplexer>()
                : services.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey);
            await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: failure);
        }
    }
}
