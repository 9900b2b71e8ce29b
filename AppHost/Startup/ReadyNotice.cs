using AppHost.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Startup;

/// <summary>Says where everything is, once everything is healthy.</summary>
internal static class ReadyNotice
{
    public static void AddReadyNotice(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> gateway, PlatformOptions platform, TokenTrust tokens)
    {
        if (builder.ExecutionContext.IsPublishMode) return;
        if (!LoopbackPorts.IsFree(platform.GatewayPort))
            throw new DistributedApplicationException($"Port {platform.GatewayPort} is in use; choose another with --gateway-port.");
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((created, cancellationToken) =>
        {
            _ = WriteWhenHealthyAsync(created, builder, gateway, tokens, cancellationToken);
            return Task.CompletedTask;
        });
    }

    private static async Task WriteWhenHealthyAsync(
        AfterResourcesCreatedEvent created, IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> gateway, TokenTrust tokens, CancellationToken cancellationToken)
    {
        var notifications = created.Services.GetRequiredService<ResourceNotificationService>();
        foreach (var project in created.Model.Resources.OfType<ProjectResource>()) await notifications.WaitForResourceHealthyAsync(project.Name, cancellationToken);

        var url = gateway.GetEndpoint("http").Url;
        Console.WriteLine();
        Console.WriteLine($"Gateway    {url}");
        Console.WriteLine($"API docs   {url}/docs");
        if (DashboardUrl(builder.Configuration) is { } dashboard) Console.WriteLine($"Dashboard  {dashboard}");
        Console.WriteLine($"Token      {await tokens.IssueAsync(new(), cancellationToken)}");
    }

    private static string? DashboardUrl(IConfiguration configuration)
    {
        if (Environment.GetEnvironmentVariable("ASPNETCORE_URLS")?.Split(';')[0] is not { Length: > 0 } url) return null;
        return configuration["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{url}/login?t={token}" : url;
    }
}
