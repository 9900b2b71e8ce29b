
namespace Gateway.Edge;

/// <summary>Refuses a request that says twice how long it is, by <c>Content-Length</c> and by <c>Transfer-Encoding</c>. Two servers that believe
/// different ones see different requests on one connection; RFC 9112 §6.3 calls for an error or for closing.</summary>
internal sealed class AmbiguousFraming(RequestDelegate next)
{
    // Kestrel believes Transfer-Encoding and moves the other header here.
    private const string MovedContentLength = "X-Content-Length";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.TransferEncoding.Count == 0 || (headers.ContentLength is null && headers[MovedContentLength].Count == 0)) return next(context);
        context.Response.Headers.Connection = "close";
        return new ApiErrorResult(new(400, "The request says twice how long it is.") { Code = "bad_request" }).ExecuteAsync(context);
    }
}
