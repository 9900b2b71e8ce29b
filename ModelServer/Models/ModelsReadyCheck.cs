using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ModelServer.Models;

/// <summary>Ready when every version found is ready or in error and at least one is ready.</summary>
internal sealed class ModelsReadyCheck(ModelCatalog catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(catalog.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
