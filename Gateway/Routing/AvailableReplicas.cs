using Gateway.Replicas;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Routing;

/// <summary>Lists the replicas that requests may go to, for YARP. The list is rebuilt when a state or the set of replicas changes, so that a request only reads it.</summary>
internal sealed class AvailableReplicas(ReplicaPool pool) : IAvailableDestinationsPolicy
{
    public const string PolicyName = "Replicas";

    public string Name => PolicyName;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
        => [.. allDestinations.Where(d => pool.Find(d.DestinationId) is { IsAvailable: true })];
}
