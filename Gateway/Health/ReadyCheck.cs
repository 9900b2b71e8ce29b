using Gateway.Replicas;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Health;

/// <summary>The gateway is ready while one model server is.</summary>
internal sealed class ReadyCheck(ReplicaPool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(pool.All.Any(r => r.IsAvailable) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
