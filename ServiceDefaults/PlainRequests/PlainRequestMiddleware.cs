using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.PlainRequests;

/// <summary>Takes HEAD for GET, and a path with doubled or trailing slashes for the one without, before anything looks at either: route, token, limits
/// and records are those of the plain request. What is written in answer to HEAD goes nowhere.</summary>
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
        var body = context.Response.Body;
        context.Request.Method = HttpMethods.Get;
        // The server leaves a body out by itself over HTTP/1.1, not over HTTP/2 once the method is another.
        context.Response.Body = Stream.Null;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
            // For whoever records the request afterwards.
            context.Request.Method = HttpMethods.Head;
        }
    }
}
