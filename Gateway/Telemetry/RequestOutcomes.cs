using Yarp.ReverseProxy.Model;

namespace Gateway.Telemetry;

/// <summary>Counts every request by the route it took and how it ended.</summary>
internal sealed class RequestOutcomes(RequestDelegate next, GatewayMetrics metrics, LiveCounters live, TimeProvider time)
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
            var (route, outcome, took) = (Route(context), RequestOutcome.Of(context), time.GetElapsedTime(start));
            metrics.RequestCompleted(route, outcome, StatusClass.Of(context.Response.StatusCode), took);
            // What is answered here, such as the question for these very counts, is no load of the platform.
            if (route is not (Own or Other)) live.Completed(outcome, took);
        }
    }

    private static string Route(HttpContext context)
    {
        // An exception clears the endpoint; what the proxy has noted stays.
        if (context.Features.Get<IReverseProxyFeature>() is { } proxied) return proxied.Route.Config.RouteId;
        if (context.GetEndpoint() is not RouteEndpoint endpoint) return Other;
        return endpoint.Metadata.GetMetadata<RouteModel>()?.Config.RouteId ?? Own;
    }
}
