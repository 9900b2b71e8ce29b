using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelServer.Models;

namespace ModelServer.Health;

/// <summary>See <see cref="ModelCatalog.IsReady"/>.</summary>
internal sealed class ModelsReadyCheck(ModelCatalog catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(catalog.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
