
namespace Gateway.Edge;

/// <summary>Refuses requests that no route may see: ambiguous framing and disallowed methods.</summary>
internal sealed class RefusedRequests(RequestDelegate next)
{
    // Kestrel believes Transfer-Encoding and moves the other header here.
    private const string MovedContentLength = "X-Content-Length";

    // What one route or another takes.
    private const string Methods = "GET, HEAD, POST, DELETE, OPTIONS";

    public Task InvokeAsync(HttpContext context)
    {
        if (IsAmbiguous(context.Request.Headers))
        {
            context.Response.Headers.Connection = "close";
            return new ApiErrorResult(new(400, "The request says twice how long it is.") { Code = "bad_request" }).ExecuteAsync(context);
        }

        return IsDisallowed(context.Request.Method) ? DisallowedMethod.Refuse(context, Methods).ExecuteAsync(context) : next(context);
    }

    /// <summary>Whether the length is given by both <c>Content-Length</c> and <c>Transfer-Encoding</c>. Two servers that believe different ones see different
    /// requests on one connection; RFC 9112 §6.3 calls for an error or for closing.</summary>
    private static bool IsAmbiguous(IHeaderDictionary headers)
        => headers.TransferEncoding.Count > 0 && (headers.ContentLength is not null || headers[MovedContentLength].Count > 0);

    // Neither is for any route, and a model server that could not be reached by one would look broken.
    private static bool IsDisallowed(string method) => HttpMethods.IsConnect(method) || HttpMethods.IsTrace(method);
}
