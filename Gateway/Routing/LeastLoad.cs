using Gateway.Replicas;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Gateway.Routing;

/// <summary>Chooses the less loaded of two replicas drawn at random (Mitzenmacher, "The power of two choices in randomized load balancing", 2001), by what they report
/// to have queued and what this gateway has under way to them. Drawing keeps gateways that act on the same reports from all choosing the same one. Turns of a conversation
/// go where <see cref="ConversationAffinity"/> says.</summary>
internal sealed class LeastLoad(ReplicaPool pool, ConversationAffinity affinity, Random random) : ILoadBalancingPolicy
{
    public const string PolicyName = "LeastLoad";

    public string Name => PolicyName;

    /// <summary>Chooses a replica; YARP asks only when there are two at least.</summary>
    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (affinity.Choose(context, availableDestinations) is { } home && TryEnter(home)) return home;
        var count = availableDestinations.Count;
        var first = random.Next(count);
        var second = (first + 1 + random.Next(count - 1)) % count;
        var (better, other) = (availableDestinations[first], availableDestinations[second]);
        if (Score(other) < Score(better)) (better, other) = (other, better);
        if (TryEnter(better)) return better;
        return TryEnter(other) ? other : availableDestinations.FirstOrDefault(TryEnter, better);
    }

    private double Score(DestinationState destination) => pool.Find(destination.DestinationId)?.Score(destination.ConcurrentRequestCount) ?? destination.ConcurrentRequestCount;

    // One on trial takes one request at a time, the others wait and see.
    private bool TryEnter(DestinationState destination) => pool.Find(destination.DestinationId) is not { } replica || replica.TryEnter();
}
