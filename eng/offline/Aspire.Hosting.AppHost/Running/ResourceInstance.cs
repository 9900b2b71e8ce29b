using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Running;

/// <summary>What a resource instance needs of its surroundings.</summary>
internal sealed record InstanceServices(
    IServiceProvider Services, ResourceNotificationService Notifications, ResourceLoggerService Logs, IDistributedApplicationEventing Eventing, LaunchPlanner Planner, HealthWatch Health, SnapshotWriter Snapshots, ILoggerFactory Loggers);

/// <summary>One process of a resource: waits, starts, runs, is watched and ends; then it may start again.</summary>
internal sealed class ResourceInstance(IResource resource, string id, InstanceServices host)
{
    private const int TailLength = 20;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Queue<string> _tail = new();
    private CancellationTokenSource _stop = new();
    private TaskCompletionSource _startNow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? _process;
    private Task _run = Task.CompletedTask;

    public IResource Resource => resource;

    public string Id => id;

    /// <summary>Starts in the background. One that waits for others stops waiting.</summary>
    public async Task StartAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_run.IsCompleted)
            {
                _startNow.TrySetResult();
                return;
            }

            _stop = new();
            _startNow = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _run = Task.Run(RunAsync);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Returns when the process is gone: by itself, or ended at the deadline.</summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_run.IsCompleted) return;
            await _stop.CancelAsync().ConfigureAwait(false);
            if (_process is { HasExited: false } process)
            {
                await host.Snapshots.StateAsync(resource, id, KnownResourceStates.Stopping).ConfigureAwait(false);
                await process.StopAsync(deadline).ConfigureAwait(false);
            }

            await _run.ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task RunAsync()
    {
        var stop = _stop.Token;
        try
        {
            await WaitForOthersAsync(stop).ConfigureAwait(false);
            await host.Snapshots.StateAsync(resource, id, KnownResourceStates.Starting).ConfigureAwait(false);
            if (resource is IResourceWithConnectionString) await host.Eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, host.Services), stop).ConfigureAwait(false);
            await host.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, host.Services), stop).ConfigureAwait(false);
            var plan = await host.Planner.PlanAsync(resource, id, stop).ConfigureAwait(false);
            CheckPorts();
            stop.ThrowIfCancellationRequested();
            using var process = _process = ChildProcess.Start(plan.File, plan.Args, plan.WorkingDirectory, plan.Environment, Log);
            await host.Snapshots.RunningAsync(resource, id, plan, process.Id).ConfigureAwait(false);

            using var running = new CancellationTokenSource();
            var watch = host.Health.WatchAsync(resource, id, running.Token);
            if (stop.IsCancellationRequested) await process.StopAsync(stop).ConfigureAwait(false);
            var code = await process.WaitForExitAsync().ConfigureAwait(false);
            await running.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await EndedAsync(code, asked: stop.IsCancellationRequested).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await host.Snapshots.StateAsync(resource, id, KnownResourceStates.Finished).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log(e.Message, isError: true);
            Logger().LogError("{Resource} failed to start: {Message}", resource.Name, e.Message);
            await host.Snapshots.StateAsync(resource, id, KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error).ConfigureAwait(false);
        }
    }

    private async Task WaitForOthersAsync(CancellationToken stop)
    {
        if (!resource.Annotations.OfType<WaitAnnotation>().Any()) return;
        await host.Snapshots.StateAsync(resource, id, KnownResourceStates.Waiting).ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var others = host.Notifications.WaitForDependenciesAsync(resource, ended.Token);
        var first = await Task.WhenAny(others, _startNow.Task).ConfigureAwait(false);
        if (first == others) await others.ConfigureAwait(false);
        else await ended.CancelAsync().ConfigureAwait(false);
    }

    private async Task EndedAsync(int code, bool asked)
    {
        var (state, style) = asked || code == 0 ? (KnownResourceStates.Finished, null) : (KnownResourceStates.Exited, KnownResourceStateStyles.Error);
        if (!asked && code != 0)
        {
            string tail;
            lock (_tail) tail = string.Join(Environment.NewLine + "  ", _tail);
            Logger().LogError("{Resource} exited with code {Code}. Its last lines:{NewLine}  {Tail}", resource.Name, code, Environment.NewLine, tail);
        }

        await host.Snapshots.StateAsync(resource, id, state, style, code).ConfigureAwait(false);
        if (host.Notifications.TryGetCurrentState(id, out var current))
        {
            await host.Eventing.PublishAsync(new ResourceStoppedEvent(resource, host.Services, current), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void CheckPorts()
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is not null))
        {
            var port = endpoint.AllocatedEndpoint!.Port;
            if (!PortReservations.IsFree(port)) throw new DistributedApplicationException($"Port {port} of endpoint '{endpoint.Name}' is already in use by another program.");
        }
    }

    private void Log(string line, bool isError)
    {
        host.Logs.Add(resource.Name, line, isError);
        lock (_tail)
        {
            _tail.Enqueue(line);
            if (_tail.Count > TailLength) _tail.Dequeue();
        }
    }

    private ILogger Logger() => host.Loggers.CreateLogger("Aspire.Hosting.Resources");
}
