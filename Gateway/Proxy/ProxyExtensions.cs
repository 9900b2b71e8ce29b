using Microsoft.Extensions.Options;
using ServiceDefaults;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

namespace Gateway.Proxy;

internal static class ProxyExtensions
{
    // Load reports (ORCA) are between model server and gateway; what software answers is nobody's business.
    private static readonly string[] InternalHeaders = ["endpoint-load-metrics", "Server"];

    public static void AddReplicas(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ProxyOptions, ProxyOptionsValidator>(ProxyOptions.SectionName);
        services.AddValidatedOptions<BodyLimitOptions, BodyLimitOptionsValidator>(BodyLimitOptions.SectionName);

        services.AddSingleton(provider => ReplicaCluster.ReadReplicas(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IProxyConfigProvider>(provider => new InMemoryConfigProvider(
            [.. ProxyRoutes.All.Select(r => r.ToConfig())],
            [ReplicaCluster.ToConfig(provider.GetRequiredService<Replica[]>(), provider.GetRequiredService<IOptions<ProxyOptions>>().Value)]));
        services.AddSingleton<IPassiveHealthCheckPolicy, ConnectFailurePolicy>();
        services.AddOptions<ConsecutiveFailuresHealthPolicyOptions>()
            .Configure<IOptions<ProxyOptions>>((policy, options) => policy.DefaultThreshold = options.Value.ProbeFailures);
        services.AddReverseProxy()
            .AddTransforms(route =>
            {
                foreach (var header in InternalHeaders) route.AddResponseHeaderRemove(header, ResponseCondition.Always);
            });
        services.AddSingleton<IForwarderHttpClientFactory, ReplicaClientFactory>();

        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    public static void MapReplicas(this WebApplication app)
    {
        // YARP reads its configuration here, before the host would validate any: so that every wrong setting is named, not just the first.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        var limits = app.Services.GetRequiredService<IOptions<BodyLimitOptions>>().Value;
        app.MapReverseProxy(pipeline =>
        {
            pipeline.UseMiddleware<ProxyErrors>();
            pipeline.UseMiddleware<ReplicaRetry>();
            pipeline.UseLoadBalancing();
            pipeline.UsePassiveHealthChecks();
        }).ConfigureEndpoints((endpoint, route) => endpoint.WithBodyLimit(ProxyRoutes.BodyLimit(route.RouteId, limits)));
    }
}
