using Gateway.Authentication;
using Gateway.Models;
using Gateway.Replicas;
using Gateway.Routing;

namespace Gateway.Proxy;

/// <summary>Answers <c>GET /v1/models</c> and <c>/v1/models/{id}</c> from what the model servers last told, so that the answer is the same whichever is
/// free and there is one while none is ready. A gateway that has no key, and thus is not told, leaves the question to a model server.</summary>
internal sealed class ModelListing(RequestDelegate next, ReplicaPool pool, RolloutBoard rollouts, InternalTokens tokens)
{
    private static readonly ApiError NobodyTold = new(503, "No model server has told its models yet.") { Code = "unavailable", RetryAfter = TimeSpan.FromSeconds(1) };

    public Task InvokeAsync(HttpContext context)
        => context.GetReverseProxyFeature().Route.Config.RouteId == ProxyRoutes.Models && tokens.CanIssue ? Answer(context).ExecuteAsync(context) : next(context);

    private IResult Answer(HttpContext context)
    {
        var told = pool.All.Where(r => r.Models != KnownModels.None).ToArray();
        if (told is []) return new ApiErrorResult(NobodyTold);
        var models = MergedModels.Of(told.Select(r => (r.Models, r.IsReached)), context.User, rollouts.All);
        if (context.GetRouteValue("id") is not string id) return TypedResults.Ok(new ModelList("list", models));
        return Array.Find(models, m => m.Id == id || Array.Exists(m.Versions, v => id == $"{m.Id}:{v.Version}")) is { } model
            ? TypedResults.Ok(model)
            : new ApiErrorResult(new(404, $"The model '{id}' does not exist.") { Param = "model", Code = "model_not_found" });
    }
}
