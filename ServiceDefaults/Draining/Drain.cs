using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Draining;

/// <summary>Makes the service unready as soon as it is told to stop, and keeps it listening until the notice is over. The server then closes its
/// door and lets running requests finish.</summary>
public sealed class Drain(IHostApplicationLifetime lifetime, IOptions<DrainOptions> options, TimeProvider time) : IHostedLifecycleService, IHealthCheck
{
    /// <summary>Whether the service was told to stop.</summary>
    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;

    // Every service's StoppingAsync comes before any StopAsync, and so before the server closes its door.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifetime.StopApplication();
        await Task.Delay(options.Value.Notice, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(IsDraining ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
