using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Running;

/// <summary>Runs a running resource's health checks, often until it is healthy for the first time, seldom after.</summary>
internal sealed class HealthWatch(IServiceProvider services, ResourceNotificationService notifications, IDistributedApplicationEventing eventing, TimeProvider clock)
{
    private static readonly TimeSpan WhileUnhealthy = TimeSpan.FromMilliseconds(250), WhileHealthy = TimeSpan.FromSeconds(5);
    private readonly Lazy<HealthCheckService> _checks = new(services.GetRequiredService<HealthCheckService>);

    public static ImmutableArray<HealthReportSnapshot> Pending(IResource resource) => [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => new HealthReportSnapshot(h.Key, null, null, null))];

    /// <summary>Ends when the token is cancelled, that is when the resource stops.</summary>
    public async Task WatchAsync(IResource resource, string instanceId, CancellationToken cancellationToken)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => h.Key).ToHashSet();
        var ready = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            var healthy = true;
            if (keys.Count > 0)
            {
                var report = await CheckAsync(keys, cancellationToken).ConfigureAwait(false);
                healthy = report.Status == HealthStatus.Healthy && report.Entries.Count == keys.Count;
                await PublishAsync(resource, instanceId, keys, report).ConfigureAwait(false);
            }

            if (healthy && !ready)
            {
                ready = true;
                var handlers = eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
                await notifications.PublishUpdateAsync(resource, instanceId, s => s with { Ready = handlers }).ConfigureAwait(false);
            }

            if (keys.Count == 0) return;
            await Task.Delay(healthy ? WhileHealthy : WhileUnhealthy, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A check that cannot even be made says that the resource is unhealthy, not that nobody looks any more.</summary>
    private async Task<HealthReport> CheckAsync(HashSet<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            return await _checks.Value.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new(keys.ToDictionary(key => key, _ => new HealthReportEntry(HealthStatus.Unhealthy, e.Message, TimeSpan.Zero, e, null)), TimeSpan.Zero);
        }
    }

    private async Task PublishAsync(IResource resource, string instanceId, HashSet<string> keys, HealthReport report)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        ImmutableArray<HealthReportSnapshot> reports = [.. keys.Select(key => report.Entries.TryGetValue(key, out var entry)
            ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.Message) { LastRunAt = now }
            : new HealthReportSnapshot(key, HealthStatus.Unhealthy, "No health check of this name is registered.", null) { LastRunAt = now })];
        notifications.TryGetCurrentState(instanceId, out var current);
        if (current is not null && Same(current.Snapshot.HealthReports, reports)) return;
        await notifications.PublishUpdateAsync(resource, instanceId, s => s.State?.Text == KnownResourceStates.Running ? s with { HealthReports = reports } : s).ConfigureAwait(false);
    }

    private static bool Same(ImmutableArray<HealthReportSnapshot> a, ImmutableArray<HealthReportSnapshot> b) => a.Select(r => (r.Name, r.Status, r.Description)).SequenceEqual(b.Select(r => (r.Name, r.Status, r.Description)));
}
