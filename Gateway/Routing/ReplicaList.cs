using System.Net;
using Gateway.Replicas;

namespace Gateway.Routing;

/// <summary>Reads the addresses of model servers that are named one by one, or all by one DNS name.</summary>
internal static class ReplicaList
{
    /// <summary>The most addresses taken from one DNS name.</summary>
    public const int MaxResolved = 256;

    private const string NamePrefix = "modelserver-";

    /// <summary>Reads the addresses that the AppHost injects, one resource each: <c>services:modelserver-1:http:0</c>, and where it has one
    /// for HTTP/2 alone <c>services:modelserver-1:http2:0</c>.</summary>
    /// <param name="http2">Whether the latter is wanted.</param>
    /// <exception cref="InvalidOperationException">One of them is no address; all such are named.</exception>
    public static ReplicaAddress[] Read(IConfiguration configuration, bool http2)
    {
        List<ReplicaAddress> replicas = [];
        List<string> errors = [];
        foreach (var service in configuration.GetSection("services").GetChildren().Where(s => s.Key.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase)))
        {
            var value = (http2 ? service["http2:0"] : null) ?? service["http:0"] ?? service["https:0"];
            if (Uri.TryCreate(value, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
                replicas.Add(new(service.Key.ToLowerInvariant(), address));
            else
                errors.Add($"{service.Path}:http:0 is not an http address.");
        }

        return errors is [] ? [.. replicas] : throw new InvalidOperationException(string.Join(" ", errors));
    }

    /// <summary>All model servers as one, by the load balancer's own name: it may choose by the header <c>Host</c>.</summary>
    public static ReplicaAddress[] LoadBalancer(Uri name) => [new(name.Host, name, IsLoadBalancer: true)];

    /// <summary>Makes one model server of each address of a name, with the name's scheme and port.</summary>
    public static ReplicaAddress[] Behind(Uri name, IEnumerable<IPAddress> addresses)
        => [.. addresses.Distinct().Take(MaxResolved).Select(a => new ReplicaAddress(a.ToString(), new UriBuilder(name.Scheme, a.ToString(), name.Port).Uri))];
}
