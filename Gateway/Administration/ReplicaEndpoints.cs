using Gateway.Replicas;
using Gateway.Routing;
using Microsoft.AspNetCore.Http.HttpResults;
using Yarp.ReverseProxy;

namespace Gateway.Administration;

/// <summary>Serves <c>/admin/replicas</c>: lists the model servers as this gateway sees them, and takes one out of rotation or back. Their addresses are not shown.</summary>
internal static class ReplicaEndpoints
{
    public static void MapReplicas(this WebApplication app)
    {
        var group = app.MapGroup("/admin/replicas").RequireAuthorization(Scopes.Admin).ExcludeFromDescription();
        group.MapGet("", List);
        group.MapPost("{id}/drain", (string id, ReplicaPool pool, IProxyStateLookup proxy) => Change(id, pool, proxy, replica => replica.Hold()));
        group.MapPost("{id}/resume", (string id, ReplicaPool pool, IProxyStateLookup proxy) => Change(id, pool, proxy, replica => replica.Resume()));
    }

    private static Ok<ReplicaListing> List(ReplicaPool pool, IProxyStateLookup proxy) => TypedResults.Ok(new ReplicaListing([.. pool.All.Select(r => Describe(r, proxy))]));

    private static IResult Change(string id, ReplicaPool pool, IProxyStateLookup proxy, Action<Replica> change)
    {
        if (pool.Find(id) is not { } replica) return new ApiErrorResult(new(404, $"There is no model server '{id}'.") { Param = "id", Code = "replica_not_found" });
        change(replica);
        return TypedResults.Ok(Describe(replica, proxy));
    }

    /// <summary>The requests that this gateway has on their way to a model server.</summary>
    internal static int Sending(Replica replica, IProxyStateLookup proxy)
        => proxy.TryGetCluster(ReplicaCluster.Id, out var cluster) && cluster.Destinations.TryGetValue(replica.Name, out var destination) ? destination.ConcurrentRequestCount : 0;

    private static ReplicaDescription Describe(Replica replica, IProxyStateLookup proxy)
        => new(replica.Name, replica.State.ToString().ToLowerInvariant(), Sending(replica, proxy), replica.Health.Load, replica.LastFailure);
}

/// <summary>The answer of <c>GET /admin/replicas</c>.</summary>
public sealed record ReplicaListing(ReplicaDescription[] Replicas);

/// <param name="State"><c>ready</c>, <c>unready</c>, <c>draining</c>, <c>ejected</c> or <c>trial</c>.</param>
/// <param name="Sending">Requests that this gateway has on their way to it.</param>
/// <param name="Load">What it last said it has to do; null while it is not reached.</param>
/// <param name="LastFailure">Its last failure, or null.</param>
public sealed record ReplicaDescription(string Id, string State, int Sending, ReplicaLoad? Load, ReplicaFailure? LastFailure);
