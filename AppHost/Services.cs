namespace AppHost;

/// <summary>The two kinds of service that the platform consists of.</summary>
internal static class Services
{
    /// <summary>The endpoint on which a model server speaks HTTP/2, for the gateway: faster inside, while the other one answers probes and whoever asks directly.</summary>
    private const string Http2 = "http2";

    /// <summary>In a container, beside 8080.</summary>
    private const int Http2ContainerPort = 8081;

    /// <summary>The only resource that is reachable from outside.</summary>
    public static IResourceBuilder<ProjectResource> AddGateway(this IDistributedApplicationBuilder builder, PlatformOptions platform)
        => builder.AddProject<Projects.Gateway>("gateway", launchProfileName: null)
            .WithHttpEndpoint(port: platform.GatewayPort)
            .WithExternalHttpEndpoints()
            .WithoutProxies()
            .WithHttpHealthCheck("/ready")
            .WithEnvironment("Proxy__Http2", "true")
            .WithRollouts(platform)
            .WithHostEnvironment();

    /// <summary>One replica as a resource of its own, so that the gateway, not a proxy in front of it, chooses among them.</summary>
    public static IResourceBuilder<ProjectResource> AddModelServer(this IDistributedApplicationBuilder builder, int replica, PlatformOptions platform)
    {
        var server = builder.AddProject<Projects.ModelServer>($"modelserver-{replica}", launchProfileName: null);
        return server
            .WithHttpEndpoint()
            .WithHttpEndpoint(targetPort: builder.ExecutionContext.IsPublishMode ? Http2ContainerPort : null, name: Http2)
            .WithEndpoint(Http2, endpoint => endpoint.Transport = "http2")
            .WithEnvironment("Http2__Port", server.GetEndpoint(Http2).Property(EndpointProperty.TargetPort))
            .WithHttpHealthCheck("/ready", endpointName: "http")
            .WithoutProxies()
            .WithRollouts(platform)
            .WithHostEnvironment()
            .WithEnvironment("Models__Folder", platform.ModelsFolder)
            .WithEnvironment("Inference__Device", platform.Device)
            .WithEnvironment("Inference__Cores", platform.CoresPerReplica);
    }

    private static IResourceBuilder<ProjectResource> WithRollouts(this IResourceBuilder<ProjectResource> service, PlatformOptions platform)
        => platform.RolloutsFolder is { } folder ? service.WithEnvironment("Rollouts__Folder", folder) : service;

    /// <summary>The orchestrator's proxy costs each request a hop, and accepts connections for a process that is gone.</summary>
    private static IResourceBuilder<ProjectResource> WithoutProxies(this IResourceBuilder<ProjectResource> service)
    {
        foreach (var endpoint in service.Resource.Annotations.OfType<EndpointAnnotation>()) endpoint.IsProxied = false;
        return service;
    }

    /// <summary>Here services run in the host's environment; a deployment is never a development environment by accident.</summary>
    private static IResourceBuilder<ProjectResource> WithHostEnvironment(this IResourceBuilder<ProjectResource> service)
        => service.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? service
            : service
                .WithEnvironment("ASPNETCORE_ENVIRONMENT", service.ApplicationBuilder.Environment.EnvironmentName)
                // All endpoints are plain http on loopback: none needs a development certificate.
                .WithoutHttpsCertificate()
                // Aspire asks exporters to try again for ten seconds. The dashboard ends before the services, which would wait for it that long.
                .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "")
                // Aspire asks for every trace, also where the caller says that its request is none; the host's own questions say so.
                .WithEnvironment("OTEL_TRACES_SAMPLER", "parentbased_always_on");
}
