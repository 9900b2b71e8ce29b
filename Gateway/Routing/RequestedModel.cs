using Gateway.Bodies;
using Gateway.Models;
using Gateway.Replicas;
using Yarp.ReverseProxy.Model;

namespace Gateway.Routing;

/// <summary>Chooses the replicas a request may go to while their models differ: some still load what others have ready, or have other models.</summary>
internal static class RequestedModel
{
    /// <returns>The replicas that can answer best; none when the model is known to be somewhere, but nowhere that takes requests now.</returns>
    public static async ValueTask<IReadOnlyList<DestinationState>> ChooseAsync(HttpContext context, IReadOnlyList<DestinationState> replicas, string? task, ReplicaPool pool)
    {
        if (ModelPath.Of(context.Request.Path) is { } named) return Choose(replicas, named, pool);
        var peeked = await context.PeekBodyAsync();
        if (peeked?.Facts.Model is { } model) return Choose(replicas, model, pool);
        // Of a body too large to keep only the beginning is known: it may name one further on.
        return task is null || peeked is { Body.IsWhole: false } ? replicas : Those(replicas, pool, m => m.DefaultTasks.Contains(task)) ?? replicas;
    }

    /// <summary>Returns those that have the model ready, else those that load it, else those that know it and can say why it does not serve.</summary>
    private static IReadOnlyList<DestinationState> Choose(IReadOnlyList<DestinationState> replicas, string model, ReplicaPool pool)
        => Those(replicas, pool, m => m.Ready.Contains(model))
            ?? Those(replicas, pool, m => m.Loading.Contains(model))
            ?? Those(replicas, pool, m => m.All.Contains(model))
            ?? (pool.All.Any(r => r.Models.All.Contains(model)) ? [] : replicas);

    private static DestinationState[]? Those(IReadOnlyList<DestinationState> replicas, ReplicaPool pool, Func<KnownModels, bool> have)
        => replicas.Where(r => pool.Find(r.DestinationId) is { } replica && have(replica.Models)).ToArray() is { Length: > 0 } having ? having : null;
}
