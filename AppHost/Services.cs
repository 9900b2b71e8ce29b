using Microsoft.Extensions.Configuration;

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
            // A deployment tool chooses the port outside; Azure Container Apps takes no other one than 80.
            .WithHttpEndpoint(port: platform.Publish is null ? platform.GatewayPort : null)
            .WithExternalHttpEndpoints()
            .WithoutProxies()
            .WithBuiltProgram()
            .WithHealth(platform)
            .WithEnvironment("Proxy__Http2", platform.Publish is { LoadBalanced: true } ? "false" : "true")
            .WithRollouts(platform)
            .WithHostEnvironment();

    /// <summary>Here each replica is a resource of its own, so that the gateway, not a proxy in front of it, chooses among them. Published they are one that the
    /// platform below scales.</summary>
    public static IReadOnlyList<IResourceBuilder<ProjectResource>> AddModelServers(this IDistributedApplicationBuilder builder, PlatformOptions platform)
        => platform.Publish is null
            ? [.. Enumerable.Range(1, platform.Replicas).Select(replica => builder.AddModelServer($"modelserver-{replica}", platform))]
            : [builder.AddModelServer("modelserver", platform).WithReplicas(platform.Replicas)];

    /// <summary>Tells the gateway where a model server is; of one that is scaled, the name that all its replicas have.</summary>
    public static void WithModelServer(this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ProjectResource> modelServer, PlatformOptions platform)
    {
        switch (platform.Publish)
        {
            case null:
                gateway.WithReference(modelServer);
                break;
            case { LoadBalanced: true }:
                gateway.WithEnvironment("Replicas__Dns", modelServer.GetEndpoint("http")).WithEnvironment("Replicas__LoadBalanced", "true");
                break;
            default:
                gateway.WithEnvironment("Replicas__Dns", modelServer.GetEndpoint(Http2));
                break;
        }
    }

    private static IResourceBuilder<ProjectResource> AddModelServer(this IDistributedApplicationBuilder builder, string name, PlatformOptions platform)
    {
        var server = builder.AddProject<Projects.ModelServer>(name, launchProfileName: null).WithHttpEndpoint();
        // A load balancer takes one port.
        if (platform.Publish is not { LoadBalanced: true })
        {
            server
                .WithHttpEndpoint(targetPort: platform.Publish is null ? null : Http2ContainerPort, name: Http2)
                .WithEndpoint(Http2, endpoint => endpoint.Transport = "http2")
                .WithEnvironment("Http2__Port", server.GetEndpoint(Http2).Property(EndpointProperty.TargetPort));
        }

        return server
            .WithHealth(platform)
            .WithoutProxies()
            .WithBuiltProgram()
            .WithRollouts(platform)
            .WithHostEnvironment()
            .WithEnvironment("Models__Folder", platform.ModelsFolder)
            .WithEnvironment("Inference__Device", platform.Device)
            .WithEnvironment("Inference__Cores", platform.CoresPerReplica);
    }

    /// <summary>Here the dashboard asks whether a service is ready; in a deployment its own probes do. A process that runs is alive while its models load, so that it needs no probe
    /// for its start, which cannot have the same path here.</summary>
    private static IResourceBuilder<ProjectResource> WithHealth(this IResourceBuilder<ProjectResource> service, PlatformOptions platform)
        => platform.Publish is null
            ? service.WithHttpHealthCheck("/ready", endpointName: "http")
            : service
                .WithHttpProbe(ProbeType.Liveness, "/alive", periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3, endpointName: "http")
                .WithHttpProbe(ProbeType.Readiness, "/ready", periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2, endpointName: "http");

    private static IResourceBuilder<ProjectResource> WithRollouts(this IResourceBuilder<ProjectResource> service, PlatformOptions platform)
        => platform.RolloutsFolder is { } folder ? service.WithEnvironment("Rollouts__Folder", folder) : service;

    /// <summary>The orchestrator's proxy costs each request a hop, and accepts connections for a process that is gone.</summary>
    private static IResourceBuilder<ProjectResource> WithoutProxies(this IResourceBuilder<ProjectResource> service)
    {
        foreach (var endpoint in service.Resource.Annotations.OfType<EndpointAnnotation>()) endpoint.IsProxied = false;
        return service;
    }

    /// <summary>Outside an IDE the program that was built with the host is run as it is: <c>dotnet run</c> would read the project again for a second or two, and stay
    /// beside each service. Where the build put it elsewhere, or <c>dotnet watch</c> is to follow the sources, Aspire starts it its own way.</summary>
    private static IResourceBuilder<ProjectResource> WithBuiltProgram(this IResourceBuilder<ProjectResource> service)
    {
        var host = service.ApplicationBuilder;
        var project = service.Resource.GetProjectMetadata().ProjectPath;
        var program = Path.Combine(
            Path.GetDirectoryName(project)!, Path.GetRelativePath(host.AppHostDirectory, AppContext.BaseDirectory), Path.ChangeExtension(Path.GetFileName(project), "dll"));
        return host.ExecutionContext.IsPublishMode || host.Configuration.GetValue<bool>("DOTNET_WATCH") || !File.Exists(program)
            ? service
            : service.WithLaunchToolArgs(launch => launch.Args.Add(program), ownedByLaunchConfigurationType: "project");
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
