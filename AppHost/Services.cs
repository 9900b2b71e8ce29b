namespace AppHost;

/// <summary>The two kinds of service that the platform consists of.</summary>
internal static class Services
{
    /// <summary>The only resource that is reachable from outside.</summary>
    public static IResourceBuilder<ProjectResource> AddGateway(this IDistributedApplicationBuilder builder, PlatformOptions platform)
        => builder.AddProject<Projects.Gateway>("gateway", launchProfileName: null)
            .WithHttpEndpoint(port: platform.GatewayPort)
            .WithExternalHttpEndpoints()
            .WithHttpHealthCheck("/ready")
            .WithHostEnvironment();

    /// <summary>One replica as a resource of its own, so that the gateway, not a proxy in front of it, chooses among them.</summary>
    public static IResourceBuilder<ProjectResource> AddModelServer(this IDistributedApplicationBuilder builder, int replica, PlatformOptions platform)
        => builder.AddProject<Projects.ModelServer>($"modelserver-{replica}", launchProfileName: null)
            .WithHttpEndpoint()
            .WithHttpHealthCheck("/ready")
            .WithHostEnvironment()
            .WithEnvironment("Models__Folder", platform.ModelsFolder)
            .WithEnvironment("Inference__Device", platform.Device)
            .WithEnvironment("Inference__Cores", platform.CoresPerReplica);

    /// <summary>Here services run in the host's environment; a deployment is never a development environment by accident.</summary>
    private static IResourceBuilder<ProjectResource> WithHostEnvironment(this IResourceBuilder<ProjectResource> service)
        => service.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? service
            : service.WithEnvironment("ASPNETCORE_ENVIRONMENT", service.ApplicationBuilder.Environment.EnvironmentName);
}
