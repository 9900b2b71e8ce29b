using System.Diagnostics.Metrics;
using Gateway.Health;
using Gateway.Proxy;
using Yarp.ReverseProxy;

namespace Gateway.Telemetry;

/// <summary>What the gateway counts. Every label is one of a few fixed or configured words; nothing is counted per client.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Gateway";
    private readonly Counter<long> _requests;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _proxyFailures;
    private readonly Counter<long> _retries;

    public GatewayMetrics(IMeterFactory meters, IProxyStateLookup proxy)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("gateway.requests", "{request}", "Requests by route and outcome.");
        _rateLimited = meter.CreateCounter<long>("gateway.rate_limited", "{request}", "Requests refused by the rate limit, by tier.");
        _proxyFailures = meter.CreateCounter<long>("gateway.proxy.failures", "{request}", "Requests that no model server answered, by kind of failure.");
        _retries = meter.CreateCounter<long>("gateway.proxy.retries", "{request}", "Requests sent again to another model server, by kind of failure.");
        meter.CreateObservableGauge("gateway.replicas", () => CountReplicas(proxy), "{replica}", "Model servers by state.");
    }

    public void RequestCompleted(string route, string outcome) => _requests.Add(1, new("route", route), new("outcome", outcome));

    public void RateLimited(string tier) => _rateLimited.Add(1, new KeyValuePair<string, object?>("tier", tier));

    public void ProxyFailed(string kind) => _proxyFailures.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Retried(string kind) => _retries.Add(1, new KeyValuePair<string, object?>("kind", kind));

    private static IEnumerable<Measurement<int>> CountReplicas(IProxyStateLookup proxy)
    {
        var replicas = proxy.TryGetCluster(ReplicaCluster.Id, out var cluster) ? cluster.Destinations.Values.ToArray() : [];
        var ready = replicas.Count(r => r.IsReady());
        return [new(ready, new KeyValuePair<string, object?>("state", "ready")), new(replicas.Length - ready, new KeyValuePair<string, object?>("state", "unready"))];
    }
}
