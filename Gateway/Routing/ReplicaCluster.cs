using Gateway.Replicas;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Routing;

/// <summary>Describes the model servers as one YARP cluster. YARP's own probes are off: <see cref="ReplicaProbe"/> replaces them.</summary>
internal static class ReplicaCluster
{
    public const string Id = "modelservers";

    // A stream that falls silent is ended by EventStream, with a word to the client; YARP would cut it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    public static ClusterConfig ToConfig(IEnumerable<ReplicaAddress> replicas, ConnectionOptions options) => new()
    {
        ClusterId = Id,
        LoadBalancingPolicy = LeastLoad.PolicyName,
        Destinations = replicas.ToDictionary(r => r.Name, r => new DestinationConfig { Address = r.Address.AbsoluteUri }),
        HttpRequest = new ForwarderRequestConfig
        {
            ActivityTimeout = options.ActivityTimeout + Margin,
            Version = options.Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        },
        HealthCheck = new HealthCheckConfig { AvailableDestinationsPolicy = AvailableReplicas.PolicyName },
    };
}
