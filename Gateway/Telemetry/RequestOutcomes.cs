using Yarp.ReverseProxy.Model;

namespace Gateway.Telemetry;

/// <summary>Counts every request by the route it took and how it ended.</summary>
internal sealed class RequestOutcomes(RequestDelegate next, GatewayMetrics metrics, TimeProvider time)
{
    // The routes answered here, as opposed to forwarded; everything else is "other", so that a scan cannot grow the label.
    private const string Own = "gateway", Other = "other";

    public async Task InvokeAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            metrics.RequestCompleted(Route(context), Outcome(context), StatusClass.Of(context.Response.StatusCode), time.GetElapsedTime(start));
        }
    }

    private static string Route(HttpContext context)
    {
        // An exception clears the endpoint; what the proxy has noted stays.
        if (context.Features.Get<IReverseProxyFeature>() is { } proxied) return proxied.Route.Config.RouteId;
        if (context.GetEndpoint() is not RouteEndpoint endpoint) return Other;
        return endpoint.Metadata.GetMetadata<RouteModel>()?.Config.RouteId ?? Own;
    }

    private static string Outcome(HttpContext context) => context.Response.StatusCode switch
    {
        _ when context.RequestAborted.IsCancellationRequested => "cancelled",
        < 400 => "success",
        401 or 403 => "denied",
        429 => "rate_limited",
        503 => "unavailable",
        504 => "timeout",
        < 500 => "client_error",
        _ => "server_error",
    };
}
