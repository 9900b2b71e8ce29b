namespace Gateway.Edge;

/// <summary>Tells browsers that answers are neither pages nor scripts.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // An answer that is opened as a page may load nothing and stand in no frame; the documentation page has its own policy.
    private const string ContentPolicy = "default-src 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        // Not now: error handling clears headers.
        context.Response.OnStarting(static state =>
        {
            Add((HttpContext)state);
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    private static void Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = ContentPolicy;
        // A browser ignores it on plain HTTP, and a proxy in front that speaks TLS sets its own.
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
