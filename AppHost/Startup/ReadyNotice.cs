using AppHost.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Startup;

/// <summary>Says where everything is, once everything is healthy.</summary>
internal static class ReadyNotice
{
    private static readonly TimeSpan DashboardStartsWithin = TimeSpan.FromSeconds(10);

    public static void AddReadyNotice(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> gateway, PlatformOptions platform, TokenTrust tokens, bool hasDashboard)
    {
        if (builder.ExecutionContext.IsPublishMode) return;
        if (!LoopbackPorts.IsFree(platform.GatewayPort))
            throw new DistributedApplicationException($"Port {platform.GatewayPort} is in use; choose another with --gateway-port.");
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((created, cancellationToken) =>
        {
            _ = WriteWhenHealthyAsync(created, gateway, tokens, hasDashboard, cancellationToken);
            return Task.CompletedTask;
        });
    }

    private static async Task WriteWhenHealthyAsync(
        AfterResourcesCreatedEvent created, IResourceBuilder<ProjectResource> gateway, TokenTrust tokens, bool hasDashboard, CancellationToken cancellationToken)
    {
        var notifications = created.Services.GetRequiredService<ResourceNotificationService>();
        try
        {
            foreach (var project in created.Model.Resources.OfType<ProjectResource>())
                await notifications.WaitForResourceHealthyAsync(project.Name, WaitBehavior.StopOnResourceUnavailable, cancellationToken);
        }
        catch (DistributedApplicationException e)
        {
            Console.Error.WriteLine($"Not everything started: {e.Message}");
            return;
        }

        var url = gateway.GetEndpoint("http").Url;
        Console.WriteLine();
        Console.WriteLine($"Gateway    {url}");
        Console.WriteLine($"API docs   {url}/docs");
        if (hasDashboard && await DashboardUrlAsync(notifications, cancellationToken) is { } dashboard) Console.WriteLine($"Dashboard  {dashboard}");
        Console.WriteLine($"Token      {await tokens.IssueAsync(new(), cancellationToken)}");
    }

    /// <summary>The dashboard is a hidden resource; its link carries the login token. Null when it was not wanted or failed.</summary>
    private static async Task<string?> DashboardUrlAsync(ResourceNotificationService notifications, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(DashboardStartsWithin);
            var dashboard = await notifications.WaitForResourceHealthyAsync("aspire-dashboard", WaitBehavior.StopOnResourceUnavailable, limit.Token);
            return dashboard.Snapshot.Urls.FirstOrDefault(u => u.Name is "http" or "https")?.Url;
        }
        catch (Exception e) when (e is DistributedApplicationException or OperationCanceledException)
        {
            return null;
        }
    }
}
