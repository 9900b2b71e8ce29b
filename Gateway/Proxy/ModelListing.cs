using Gateway.Authentication;
using Gateway.Models;
using Gateway.Replicas;
using Gateway.Routing;
using ServiceDefaults.JsonBodies;

namespace Gateway.Proxy;

/// <summary>Answers <c>GET /v1/models</c>, <c>/v1/models/{id}</c> and <c>POST /v2/repository/index</c> from what the model servers last told, so that the answer is the same whichever is
/// free and there is one while none is ready. A gateway that has no key, and thus is not told, leaves the question to a model server.</summary>
internal sealed class ModelListing(RequestDelegate next, ReplicaPool pool, RolloutBoard rollouts, InternalTokens tokens)
{
    private static readonly ApiError NobodyTold = new(503, "No model server has told its models yet.") { Code = "unavailable", RetryAfter = TimeSpan.FromSeconds(1) };

    public Task InvokeAsync(HttpContext context)
        => !tokens.CanIssue ? next(context) : context.GetReverseProxyFeature().Route.Config.RouteId switch
        {
            ProxyRoutes.Models => Answer(context).ExecuteAsync(context),
            ProxyRoutes.RepositoryIndex => AnswerIndexAsync(context),
            _ => next(context),
        };

    private async Task AnswerIndexAsync(HttpContext context)
    {
        var body = await LooseBody.ReadAsync(context.Request, context.RequestAborted);
        IResult result = Told(context) is { } models ? TypedResults.Ok(RepositoryModel.Of(models, body.Flag("ready"))) : new ApiErrorResult(NobodyTold);
        await result.ExecuteAsync(context);
    }

    /// <returns>Null where no model server has told its models.</returns>
    private ModelDescription[]? Told(HttpContext context)
    {
        var told = pool.All.Where(r => r.Models != KnownModels.None).ToArray();
        return told is [] ? null : MergedModels.Of(told.Select(r => (r.Models, r.IsReached)), context.User, rollouts.All);
    }

    private IResult Answer(HttpContext context)
    {
        if (Told(context) is not { } models) return new ApiErrorResult(NobodyTold);
        if (context.GetRouteValue("id") is not string id) return TypedResults.Ok(new ModelList("list", models));
        return Array.Find(models, m => m.Id == id || Array.Exists(m.Versions, v => id == $"{m.Id}:{v.Version}")) is { } model
            ? TypedResults.Ok(model)
            : new ApiErrorResult(new(404, $"The model '{id}' does not exist.") { Param = "model", Code = "model_not_found" });
    }
}
