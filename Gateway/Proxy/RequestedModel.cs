using Gateway.Replicas;
using Gateway.Usage;
using Yarp.ReverseProxy.Model;

namespace Gateway.Proxy;

/// <summary>Which model a request is for, where that matters: read from its address or from its body.</summary>
internal static class RequestedModel
{
    /// <summary>The model's <c>name</c> or <c>name:version</c>; null when the request names none or its body is too large to look at.</summary>
    public static async ValueTask<string?> OfAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/v2/models", out var rest)) return rest.Value?.Split('/', 3) is [_, { Length: > 0 } name, ..] ? name : null;
        return (await context.ReadFactsAsync()).Model;
    }

    /// <summary>The replicas that have the model ready, or all when none has: the answer is theirs.</summary>
    public static IReadOnlyList<DestinationState> Keep(IReadOnlyList<DestinationState> replicas, string model, ReplicaPool pool)
        => replicas.Where(r => pool.Find(r.DestinationId)?.Models.Contains(model) == true).ToArray() is { Length: > 0 } having ? having : replicas;
}
