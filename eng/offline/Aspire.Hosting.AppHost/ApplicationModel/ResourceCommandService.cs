namespace Aspire.Hosting.ApplicationModel;

/// <summary>Runs a resource's command, as a button of the dashboard would.</summary>
public class ResourceCommandService
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _logs;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(ResourceNotificationService notifications, ResourceLoggerService logs, IServiceProvider services)
        => (_notifications, _logs, _services) = (notifications, logs, services);

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
        => ExecuteCommandAsync(resource.Name, commandName, cancellationToken);

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        if (!_notifications.TryGetCurrentState(resourceId, out var found)) return CommandResults.Failure($"Resource '{resourceId}' not found.");
        if (found.Resource.Annotations.OfType<ResourceCommandAnnotation>().FirstOrDefault(c => c.Name == commandName) is not { } command)
        {
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{resourceId}'.");
        }

        try
        {
            return await command.ExecuteCommand(new() { Services = _services, ResourceName = found.ResourceId, CancellationToken = cancellationToken, Logger = _logs.GetLogger(found.Resource) }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
        catch (Exception e)
        {
            _logs.Add(found.Resource.Name, $"The command '{commandName}' failed: {e.Message}", isError: true);
            return CommandResults.Failure(e);
        }
    }
}
