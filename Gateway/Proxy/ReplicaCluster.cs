using System.Net;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Gateway.Proxy;

/// <summary>One model server process.</summary>
/// <param name="Name">Its resource name, such as <c>modelserver-1</c>.</param>
internal sealed record Replica(string Name, Uri Address);

/// <summary>The model servers as one YARP cluster.</summary>
internal static class ReplicaCluster
{
    public const string Id = "modelservers";
    private const string NamePrefix = "modelserver-";

    /// <summary>Reads the addresses that the AppHost injects, one resource each: <c>services:modelserver-1:http:0</c>.</summary>
    public static Replica[] ReadReplicas(IConfiguration configuration)
    {
        List<Replica> replicas = [];
        List<string> errors = [];
        foreach (var service in configuration.GetSection("services").GetChildren().Where(s => s.Key.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase)))
        {
            var value = service["http:0"] ?? service["https:0"];
            if (Uri.TryCreate(value, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
                replicas.Add(new(service.Key.ToLowerInvariant(), address));
            else
                errors.Add($"{service.Path}:http:0 is not an http address.");
        }

        return errors is [] ? [.. replicas] : throw new InvalidOperationException(string.Join(" ", errors));
    }

    public static ClusterConfig ToConfig(IEnumerable<Replica> replicas, ProxyOptions options) => new()
    {
        ClusterId = Id,
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        Destinations = replicas.ToDictionary(r => r.Name, r => new DestinationConfig { Address = r.Address.AbsoluteUri }),
        HttpRequest = new ForwarderRequestConfig
        {
            ActivityTimeout = options.ActivityTimeout,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        },
        HealthCheck = new HealthCheckConfig
        {
            // While no replica is healthy all are tried: under overload every probe may time out, and that must not become an outage.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new()
            {
                Enabled = true,
                Path = "/ready",
                Interval = options.ProbeInterval,
                Timeout = options.ProbeTimeout,
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
            },
            Passive = new() { Enabled = true, Policy = ConnectFailurePolicy.PolicyName, ReactivationPeriod = options.ReactivationPeriod },
        },
    };
}
