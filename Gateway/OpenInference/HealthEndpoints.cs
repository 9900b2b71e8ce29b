using Gateway.Edge;
using Gateway.Replicas;

namespace Gateway.OpenInference;

/// <summary><c>GET /v2/health/live</c> and <c>/v2/health/ready</c>: as <c>/alive</c> and <c>/ready</c>, in the protocol's words.</summary>
internal static class HealthEndpoints
{
    public static InferenceLive Live() => new(true);

    public static IResult Refuse(HttpContext context) => DisallowedMethod.Refuse(context, "GET, HEAD");

    public static IResult Ready(ReplicaPool pool)
    {
        var isReady = pool.All.Any(r => r.IsAvailable);
        return TypedResults.Json(new InferenceReady(isReady), statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
