using System.Collections.Concurrent;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

/// <summary>Starts every resource of the application and stops them again, those first that wait for others.</summary>
internal sealed class ApplicationRunner(
    DistributedApplicationModel model, IDistributedApplicationEventing eventing, ResourceNotificationService notifications, ResourceLoggerService logs,
    DashboardProcess dashboard, PortReservations ports, IServiceProvider services, ILoggerFactory loggers, DistributedApplicationOptions options, IConfiguration configuration) : IHostedService
{
    /// <summary>How long everything together may take to stop by itself.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<string, ResourceInstance> _instances = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly SnapshotWriter _snapshots = ActivatorUtilities.CreateInstance<SnapshotWriter>(services);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.DisableDashboard) await dashboard.StartAsync(cancellationToken).ConfigureAwait(false);
        foreach (var resource in model.Resources.OfType<IResourceWithEndpoints>()) AllocateEndpoints(resource);
        foreach (var resource in model.Resources.OfType<IResourceWithEndpoints>())
        {
            await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
        }

        var host = new InstanceServices(services, notifications, logs, eventing, services.GetRequiredService<LaunchPlanner>(), services.GetRequiredService<HealthWatch>(), _snapshots, loggers);
        foreach (var resource in model.Resources)
        {
            if (resource is not (ProjectResource or ExecutableResource or ContainerResource)) continue;
            var id = $"{resource.Name}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8)}";
            LifecycleCommands.AddTo(resource);
            logs.Alias(id, resource.Name);
            _instances[id] = new(resource, id, host);
            await _snapshots.InitialAsync(resource, id).ConfigureAwait(false);
            if (options.EnableResourceLogging) _ = ForwardLogAsync(resource.Name);
        }

        foreach (var resource in model.Resources.Where(r => r is not (ProjectResource or ExecutableResource or ContainerResource))) await StartValueAsync(resource).ConfigureAwait(false);
        foreach (var instance in _instances.Values.Where(i => !i.Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any())) await instance.StartAsync().ConfigureAwait(false);
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Grace);
        var stopping = new Dictionary<ResourceInstance, Task>();
        await Task.WhenAll(_instances.Values.ToArray().Select(i => StopInOrderAsync(i, stopping, deadline.Token))).ConfigureAwait(false);
        await dashboard.StopAsync().ConfigureAwait(false);
    }

    internal async Task StartInstanceAsync(string id) => await Find(id).StartAsync().ConfigureAwait(false);

    internal async Task StopInstanceAsync(string id)
    {
        using var deadline = new CancellationTokenSource(Grace);
        await Find(id).StopAsync(deadline.Token).ConfigureAwait(false);
    }

    private ResourceInstance Find(string id) => _instances.GetValueOrDefault(id) ?? throw new InvalidOperationException($"Resource '{id}' not found.");

    private Task StopInOrderAsync(ResourceInstance instance, Dictionary<ResourceInstance, Task> stopping, CancellationToken deadline)
    {
        lock (stopping)
        {
            if (stopping.TryGetValue(instance, out var task)) return task;
            stopping[instance] = Task.CompletedTask; // Ends a circle of waits.
            var dependents = _instances.Values.Where(i => i.Resource.Annotations.OfType<WaitAnnotation>().Any(w => w.Resource == instance.Resource)).ToArray();
            return stopping[instance] = StopAfterAsync(dependents.Select(d => StopInOrderAsync(d, stopping, deadline)).ToArray());
        }

        async Task StopAfterAsync(Task[] dependents)
        {
            await Task.WhenAll(dependents).ConfigureAwait(false);
            await instance.StopAsync(deadline).ConfigureAwait(false);
        }
    }

    /// <summary>There is no proxy: clients and process use one port, that of the process where it insists on one.</summary>
    private void AllocateEndpoints(IResourceWithEndpoints resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is null))
        {
            var target = resource is ContainerResource ? null : endpoint.TargetPort;
            var port = configuration["DcpPublisher:RandomizePorts"] is "true" && endpoint.IsProxied ? null : endpoint.Port;
            if (port is not null && target is not null && port != target)
            {
                throw new NotSupportedException($"Endpoint '{endpoint.Name}' of '{resource.Name}' has port {port} and target port {target}: there is no proxy between the two in offline mode.");
            }

            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", target ?? port ?? ports.Take());
        }
    }

    /// <summary>Parameters, connection strings and resources of the product's own: they have a value, but no process.</summary>
    private async Task StartValueAsync(IResource resource)
    {
        await _snapshots.InitialAsync(resource, resource.Name).ConfigureAwait(false);
        var (state, style, properties) = (KnownResourceStates.Running, KnownResourceStateStyles.Success, new List<ResourcePropertySnapshot>());
        try
        {
            if (resource is ParameterResource parameter)
            {
                properties.Add(new("resource.source", parameter.ConfigurationKey));
                properties.Add(new("Value", await parameter.GetValueAsync(_stopping.Token).ConfigureAwait(false)) { IsSensitive = parameter.Secret });
            }
            else if (resource is IResourceWithConnectionString value)
            {
                properties.Add(new("resource.connectionString", await value.GetConnectionStringAsync(_stopping.Token).ConfigureAwait(false)) { IsSensitive = true });
                await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (MissingParameterValueException e)
        {
            (state, style) = (KnownResourceStates.ValueMissing, KnownResourceStateStyles.Error);
            loggers.CreateLogger("Aspire.Hosting.Resources").LogWarning("{Resource}: {Message}", resource.Name, e.Message);
        }

        await notifications.PublishUpdateAsync(resource, resource.Name, s => s with { State = new(state, style), Properties = [.. properties], HealthReports = HealthWatch.Pending(resource) }).ConfigureAwait(false);
        if (state == KnownResourceStates.Running) _ = services.GetRequiredService<HealthWatch>().WatchAsync(resource, resource.Name, _stopping.Token);
    }

    private async Task ForwardLogAsync(string name)
    {
        var logger = loggers.CreateLogger($"Resources.{name}");
        await foreach (var batch in logs.WatchAsync(name).WithCancellation(_stopping.Token).ConfigureAwait(false))
        {
            foreach (var line in batch) logger.LogInformation("{Line}", line.Content);
        }
    }
}
