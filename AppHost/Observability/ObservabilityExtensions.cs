using AppHost.Authentication;
using AppHost.Cache;
using AppHost.Startup;

namespace AppHost.Observability;

/// <summary>Prometheus and Grafana beside the platform, with the files of <c>deploy/observability</c>.</summary>
internal static class ObservabilityExtensions
{
    private const string Registry = "docker.io";
    private const string Prometheus = "prom/prometheus", PrometheusTag = "v3.5.0";
    private const string Grafana = "grafana/grafana", GrafanaTag = "12.1.1";

    /// <summary>Nobody logs in, nobody may change anything, and Grafana calls nobody.</summary>
    private static readonly (string Name, string Value)[] GrafanaSettings =
    [
        ("GF_AUTH_ANONYMOUS_ENABLED", "true"),
        ("GF_AUTH_ANONYMOUS_ORG_ROLE", "Viewer"),
        ("GF_AUTH_DISABLE_LOGIN_FORM", "true"),
        ("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", "true"),
        ("GF_ANALYTICS_REPORTING_ENABLED", "false"),
        ("GF_ANALYTICS_CHECK_FOR_UPDATES", "false"),
        ("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false"),
        ("GF_NEWS_NEWS_FEED_ENABLED", "false"),
        ("GF_PLUGINS_PREINSTALL_DISABLED", "true"),
        ("GF_SECURITY_DISABLE_GRAVATAR", "true"),
    ];

    /// <summary>Adds both where a container engine works. A published deployment has a Prometheus of its own.</summary>
    /// <exception cref="DistributedApplicationException">No engine here can run them.</exception>
    public static void AddObservability(
        this IDistributedApplicationBuilder builder, PlatformOptions platform, TokenTrust tokens, IResourceBuilder<ProjectResource> gateway, IReadOnlyList<IResourceBuilder<ProjectResource>> modelServers)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            Console.Error.WriteLine("--observability is left out of what is published: deploy/observability has the files for a Prometheus and a Grafana of your own.");
            return;
        }

        builder.Configuration["ASPIRE_CONTAINER_RUNTIME"] = Engine().Name;
        var files = Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", "deploy", "observability"));
        var prometheus = builder.AddPrometheus(files, builder.Configuration["Observability:Folder"] ?? ScrapeToken.DefaultFolder(platform.GatewayPort), tokens, gateway, modelServers);
        builder.AddGrafana(files, prometheus);
    }

    internal static IResourceBuilder<ContainerResource> AddPrometheus(
        this IDistributedApplicationBuilder builder, string files, string folder, TokenTrust tokens, IResourceBuilder<ProjectResource> gateway, IReadOnlyList<IResourceBuilder<ProjectResource>> modelServers)
    {
        var token = ScrapeToken.Create(folder);
        return builder.AddContainer("prometheus", Prometheus, PrometheusTag).WithImageRegistry(Registry)
            .WithBindMount(Path.Combine(files, "prometheus.yml"), "/etc/prometheus/prometheus.yml", isReadOnly: true)
            .WithBindMount(Path.Combine(files, "rules"), "/etc/prometheus/rules", isReadOnly: true)
            .WithBindMount(Path.Combine(files, "start-prometheus.sh"), "/etc/prometheus/start-prometheus.sh", isReadOnly: true)
            .WithBindMount(token, "/etc/prometheus/token", isReadOnly: true)
            // The image's own user cannot read a file that is for this one alone.
            .WithContainerRuntimeArgs("--user", "0")
            .WithEntrypoint("/bin/sh")
            .WithArgs("/etc/prometheus/start-prometheus.sh")
            .WithEnvironment("GATEWAYS", Addresses([gateway]))
            .WithEnvironment("MODELSERVERS", Addresses(modelServers))
            .WithHttpEndpoint(port: Port(9090), targetPort: 9090)
            .WithHttpHealthCheck("/-/ready")
            .OnBeforeResourceStarted((_, _, cancellationToken) => ScrapeToken.RenewAsync(token, tokens, cancellationToken))
            .Announce("Prometheus");
    }

    internal static IResourceBuilder<ContainerResource> AddGrafana(this IDistributedApplicationBuilder builder, string files, IResourceBuilder<ContainerResource> prometheus)
    {
        var grafana = builder.AddContainer("grafana", Grafana, GrafanaTag).WithImageRegistry(Registry)
            .WithBindMount(Path.Combine(files, "grafana", "provisioning", "datasources"), "/etc/grafana/provisioning/datasources", isReadOnly: true)
            .WithBindMount(Path.Combine(files, "grafana", "provisioning", "dashboards"), "/etc/grafana/provisioning/dashboards", isReadOnly: true)
            .WithBindMount(Path.Combine(files, "grafana", "dashboard.json"), "/var/lib/grafana/dashboards/platform.json", isReadOnly: true)
            .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
            .WithHttpEndpoint(port: Port(3000), targetPort: 3000)
            .WithHttpHealthCheck("/api/health")
            .Announce("Grafana");
        foreach (var (name, value) in GrafanaSettings) grafana.WithEnvironment(name, value);
        return grafana;
    }

    /// <exception cref="DistributedApplicationException">There is none that has both images or can get them.</exception>
    private static ContainerEngine Engine()
    {
        string[] images = [$"{Registry}/{Prometheus}:{PrometheusTag}", $"{Registry}/{Grafana}:{GrafanaTag}"];
        return ContainerEngine.Installed().FirstOrDefault(engine => Array.TrueForAll(images, image => engine.CanRun(image, Console.WriteLine)))
            ?? throw new DistributedApplicationException(
                $"--observability needs a container engine (Docker, or Podman 5 or later) that can run {images[0]} and {images[1]}; none works here.");
    }

    /// <summary>As the container reaches them; known when it starts.</summary>
    private static ReferenceExpression Addresses(IReadOnlyList<IResourceBuilder<ProjectResource>> services)
    {
        var addresses = new ReferenceExpressionBuilder();
        for (var i = 0; i < services.Count; i++)
        {
            if (i > 0) addresses.AppendLiteral(", ");
            addresses.AppendFormatted(services[i].GetEndpoint("http").Property(EndpointProperty.HostAndPort));
        }

        return addresses.Build();
    }

    /// <summary>The usual port, or a free one where another program has it.</summary>
    private static int Port(int usual) => LoopbackPorts.IsFree(usual) ? usual : LoopbackPorts.Free();

    private static IResourceBuilder<ContainerResource> Announce(this IResourceBuilder<ContainerResource> container, string name) => container.OnResourceReady((resource, _, _) =>
    {
        Console.WriteLine($"{name,-10} {resource.GetEndpoint("http").Url}");
        return Task.CompletedTask;
    });
}
