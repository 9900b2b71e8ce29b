using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.PlainRequests;

/// <summary>Takes HEAD for GET, and a path with doubled or trailing slashes for the one without, before anything looks at either: route, token, limits
/// and records are those of the plain request. The server itself sends no body in answer to HEAD.</summary>
internal sealed class PlainRequestMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.Value is { } path && !PlainPath.IsPlain(path)) request.Path = new PathString(PlainPath.Of(path));
        return HttpMethods.IsHead(request.Method) ? AnswerHeadAsync(context) : next(context);
    }

    private async Task AnswerHeadAsync(HttpContext context)
    {
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // For whoever records the request afterwards.
            context.Request.Method = HttpMethods.Head;
        }
    }
}
