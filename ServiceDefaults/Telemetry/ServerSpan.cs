using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace ServiceDefaults;

/// <summary>Names the request's span by its route and marks it failed on a 5xx, as the conventions for HTTP server spans ask.</summary>
internal sealed class ServerSpan(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
        => context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span ? DescribeAsync(span, context) : next(context);

    private async Task DescribeAsync(Activity span, HttpContext context)
    {
        span.SetTag("request.id", context.RequestId());
        try
        {
            await next(context);
            Describe(span, context, context.Response.StatusCode, error: null);
        }
        catch (Exception e)
        {
            Describe(span, context, context.Response.HasStarted ? context.Response.StatusCode : 500, e);
            throw;
        }
    }

    private static void Describe(Activity span, HttpContext context, int status, Exception? error)
    {
        // Error handling clears the endpoint that failed, and remembers it.
        var endpoint = context.GetEndpoint() ?? context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route is { } route)
        {
            span.DisplayName = $"{context.Request.Method} {route}";
            span.SetTag("http.route", route);
        }

        span.SetTag("http.response.status_code", status);
        if (status < 500 && error is null) return;
        var failure = error ?? context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Error;
        span.SetTag("error.type", failure?.GetType().FullName ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        span.SetStatus(ActivityStatusCode.Error);
    }
}
