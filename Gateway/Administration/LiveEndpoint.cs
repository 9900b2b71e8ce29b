using System.ComponentModel;
using Gateway.Replicas;
using Gateway.Telemetry;
using Yarp.ReverseProxy;

namespace Gateway.Administration;

/// <summary>Serves <c>GET /admin/live</c>: totals since the start, of this gateway and of the model servers as of their last probe. It reads what is counted
/// and asks nobody, so that a page may poll it; the page makes rates of two answers.</summary>
internal static class LiveEndpoint
{
    public static void MapLive(this WebApplication app) => app.MapGet("/admin/live", Get).RequireAuthorization(Scopes.Metrics).ExcludeFromDescription();

    private static IResult Get(LiveCounters counters, ReplicaPool pool, IProxyStateLookup proxy, TimeProvider time) => TypedResults.Ok(new LiveFigures(
        time.GetUtcNow(), counters.Outcomes(), new(LiveCounters.LatencyBounds.AsSpan().ToArray(), counters.Latency()), [.. pool.All.Select(r => Describe(r, proxy))]));

    private static LiveReplica Describe(Replica replica, IProxyStateLookup proxy)
        => new(replica.Name, replica.State.ToString().ToLowerInvariant(), ReplicaEndpoints.Sending(replica, proxy), replica.Health.Load is { } load ? load with { Models = null } : null, replica.Health.Counters);
}

/// <summary>The answer of <c>GET /admin/live</c>.</summary>
public sealed record LiveFigures(
    [property: Description("The gateway's clock.")] DateTimeOffset At,
    [property: Description("Requests for model servers since this gateway started, by how they ended.")] Dictionary<string, long> Requests,
    LiveLatency Latency,
    LiveReplica[] Replicas);

/// <summary>How long the requests took that succeeded, to the end of their answers.</summary>
public sealed record LiveLatency(
    [property: Description("Upper bounds in milliseconds.")] double[] BoundsMs,
    [property: Description("Requests for each bound, and then those above the last.")] long[] Counts);

public sealed record LiveReplica(
    string Id,
    [property: Description("ready, unready, draining, ejected or trial.")] string State,
    [property: Description("Requests that this gateway has on their way to it.")] int Sending,
    [property: Description("What it has to do; null while it is not reached.")] ReplicaLoad? Load,
    [property: Description("What it has done since it started; null while it is not reached.")] ReplicaCounters? Counters);
