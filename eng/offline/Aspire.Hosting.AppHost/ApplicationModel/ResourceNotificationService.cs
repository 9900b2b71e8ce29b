using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The current state of every resource, and who waits for it to change.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _current = [];
    private readonly HashSet<Channel<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _stopping;
    private readonly IServiceProvider _services;
    private readonly WaitBehavior _defaultWaitBehavior;

    internal ResourceNotificationService(IHostApplicationLifetime lifetime, IServiceProvider services, DistributedApplicationOptions options)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        _services = services;
        // Without the dashboard nobody can see or restart what a wait hangs on.
        _defaultWaitBehavior = options.DisableDashboard ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable;
    }

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        string[] ids;
        lock (_gate) ids = [.. _current.Values.Where(e => e.Resource == resource).Select(e => e.ResourceId)];
        foreach (var id in ids.DefaultIfEmpty(resource.Name)) Publish(resource, id, stateFactory);
        return Task.CompletedTask;
    }

    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        Publish(resource, resourceId, stateFactory);
        return Task.CompletedTask;
    }

    public bool TryGetCurrentState(string resourceId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_gate)
        {
            resourceEvent = _current.GetValueOrDefault(resourceId) ?? _current.Values.FirstOrDefault(e => string.Equals(e.Resource.Name, resourceId, StringComparison.OrdinalIgnoreCase));
            return resourceEvent is not null;
        }
    }

    /// <summary>The state of every resource now, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var changes = Channel.CreateUnbounded<ResourceEvent>();
        lock (_gate)
        {
            foreach (var current in _current.Values) changes.Writer.TryWrite(current);
            _watchers.Add(changes);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            await foreach (var change in changes.Reader.ReadAllAsync(either.Token).ConfigureAwait(false)) yield return change;
        }
        finally
        {
            lock (_gate) _watchers.Remove(changes);
        }
    }

    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var change in WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change)) return change;
        }

        throw new OperationCanceledException($"The operation was cancelled before the resource '{resourceName}' reached the state.");
    }

    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForResourceAsync(resourceName, e => e.Snapshot.State is { } s && states.Contains(s.Text), cancellationToken).ConfigureAwait(false);
        return reached.Snapshot.State!.Text;
    }

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
        => WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
        => WaitForResourceHealthyAsync(resourceName, _defaultWaitBehavior, cancellationToken);

    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(resourceName,
            e => e.Snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null } || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && Ended(e)), cancellationToken).ConfigureAwait(false);
        if (Ended(reached)) throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy because it failed to start or stopped ({reached.Snapshot.State!.Text}).");
        await reached.Snapshot.Ready!.WaitAsync(cancellationToken).ConfigureAwait(false);
        return reached;
    }

    /// <summary>Returns when everything the resource waits for is as it should be.</summary>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
        => Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>().Select(wait => WaitForAsync(resource, wait, cancellationToken)));

    public void Dispose()
    {
        _stopping.Cancel();
        GC.SuppressFinalize(this);
    }

    internal ResourceEvent[] Snapshot()
    {
        lock (_gate) return [.. _current.Values];
    }

    private static bool Ended(ResourceEvent e) => e.Snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    private async Task WaitForAsync(IResource resource, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        var stops = (wait.WaitBehavior ?? _defaultWaitBehavior) == WaitBehavior.StopOnResourceUnavailable;
        if (wait.WaitType == WaitType.WaitForCompletion)
        {
            var done = await WaitForResourceAsync(name, e => Ended(e) && (stops || e.Snapshot.ExitCode == wait.ExitCode), cancellationToken).ConfigureAwait(false);
            if (done.Snapshot.ExitCode != wait.ExitCode) throw new DistributedApplicationException($"Resource '{name}' has entered the '{done.Snapshot.State!.Text}' state with exit code '{done.Snapshot.ExitCode}', expected '{wait.ExitCode}'.");
            return;
        }

        // Parameters and connection strings are not processes: running is all they can be.
        var healthy = wait.WaitType == WaitType.WaitUntilHealthy;
        var reached = await WaitForResourceAsync(name,
            e => (stops && Ended(e)) || (healthy ? e.Snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null } : e.Snapshot.State?.Text == KnownResourceStates.Running), cancellationToken).ConfigureAwait(false);
        if (Ended(reached)) throw new DistributedApplicationException($"'{resource.Name}' did not start because '{name}', which it waits for, is {reached.Snapshot.State!.Text}.");
        if (healthy) await reached.Snapshot.Ready!.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Publish(IResource resource, string id, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_gate)
        {
            var previous = _current.GetValueOrDefault(id)?.Snapshot ?? new CustomResourceSnapshot { ResourceType = resource.GetType().Name.Replace("Resource", ""), Properties = [], CreationTimeStamp = DateTime.UtcNow };
            var next = stateFactory(previous);
            next = next with { Commands = [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => Describe(c, next))] };
            var change = new ResourceEvent(resource, id, next);
            _current[id] = change;
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(change);
        }
    }

    private ResourceCommandSnapshot Describe(ResourceCommandAnnotation command, CustomResourceSnapshot snapshot) => new(
        command.Name, command.UpdateState(new() { ResourceSnapshot = snapshot, Services = _services }), command.DisplayName, command.DisplayDescription,
        command.Parameter, command.ConfirmationMessage, command.IconName, command.IconVariant, command.IsHighlighted);
}
