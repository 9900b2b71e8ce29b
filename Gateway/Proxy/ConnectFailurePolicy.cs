using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Proxy;

/// <summary>Takes a model server out at the first connection that it refuses or does not accept in time: no process listens there,
/// so there is no failure rate to wait for. The reactivation period, and the probes of <c>/ready</c>, bring it back.</summary>
internal sealed class ConnectFailurePolicy(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "ConnectFailure";

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.GetForwarderErrorFeature() is not { } failure || !failure.IsConnectFailure()) return;
        var reactivation = cluster.Model.Config.HealthCheck!.Passive!.ReactivationPeriod!.Value;
        health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, reactivation);
    }
}
