using Gateway.Proxy;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;

namespace Gateway.Health;

/// <summary>The gateway is ready while one model server is, and until it is told to stop.</summary>
internal sealed class ReadyCheck(IProxyStateLookup proxy, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var ready = !lifetime.ApplicationStopping.IsCancellationRequested
            && proxy.TryGetCluster(ReplicaCluster.Id, out var cluster)
            && cluster.Destinations.Values.Any(r => r.IsReady());
        return Task.FromResult(ready ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
