using Gateway.Bodies;

namespace Gateway.Authentication;

/// <summary>Refuses models that a token is not for as if they did not exist, before any model server is asked. Bodies that name none, or are too
/// large to look into, are the model server's to judge: it keeps to the same list.</summary>
internal sealed class ModelAccess(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) => context.User.HasModelList() ? CheckAsync(context) : next(context);

    private async Task CheckAsync(HttpContext context)
    {
        var model = ModelPath.Of(context.Request.Path) ?? (await context.ReadFactsAsync()).Model;
        if (model is not null && !context.User.MayUse(model))
        {
            await new ApiErrorResult(new(404, $"The model '{model}' does not exist.") { Param = "model", Code = "model_not_found" }).ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
