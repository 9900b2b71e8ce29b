
namespace Gateway.Edge;

/// <summary>Refuses <c>CONNECT</c> and <c>TRACE</c>. Neither is for any route, and a model server that could not be reached by one would look broken.</summary>
internal sealed class DisallowedMethods(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
        => HttpMethods.IsConnect(context.Request.Method) || HttpMethods.IsTrace(context.Request.Method)
            ? new ApiErrorResult(new(405, "The method is not allowed here.") { Code = "method_not_allowed" }).ExecuteAsync(context)
            : next(context);
}
