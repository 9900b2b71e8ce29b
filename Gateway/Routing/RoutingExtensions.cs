using System.Net;
using Gateway.Replicas;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Gateway.Routing;

internal static class RoutingExtensions
{
    public static void AddRouting(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(Random.Shared);
        services.AddValidatedOptions<AffinityOptions, AffinityOptionsValidator>(AffinityOptions.SectionName);
        services.AddSingleton<ConversationAffinity>();
        services.AddSingleton<ResolveName>(Dns.GetHostAddressesAsync);
        services.AddSingleton(new InMemoryConfigProvider([], []));
        services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<InMemoryConfigProvider>());
        services.AddSingleton<IAvailableDestinationsPolicy, AvailableReplicas>();
        services.AddSingleton<ILoadBalancingPolicy, LeastLoad>();
        services.AddHostedService<ReplicaDiscovery>();
    }

    /// <summary>Updates YARP's list of available replicas whenever a state changes.</summary>
    public static void FollowReplicas(this WebApplication app)
    {
        var clusters = app.Services.GetRequiredService<IProxyStateLookup>();
        var updater = app.Services.GetRequiredService<IClusterDestinationsUpdater>();
        app.Services.GetRequiredService<ReplicaPool>().StateChanged += () =>
        {
            if (clusters.TryGetCluster(ReplicaCluster.Id, out var cluster)) updater.UpdateAvailableDestinations(cluster);
        };
    }
}
