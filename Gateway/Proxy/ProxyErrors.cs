using Gateway.Telemetry;

namespace Gateway.Proxy;

/// <summary>Turns a forwarding that failed for good into the error shape of its route.</summary>
internal sealed partial class ProxyErrors(RequestDelegate next, GatewayMetrics metrics, ILogger<ProxyErrors> logger)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.GetForwarderErrorFeature() is not { } failure) return;

        var proxy = context.GetReverseProxyFeature();
        metrics.ProxyFailed(failure.Kind());
        if (!context.RequestAborted.IsCancellationRequested)
            LogFailure(proxy.Route.Config.RouteId, proxy.ProxiedDestination?.DestinationId, failure.Kind(), failure.Exception?.GetBaseException().Message);
        if (context.Response.HasStarted) return;
        if (context.RequestAborted.IsCancellationRequested) context.Response.StatusCode = ClientClosedRequest;
        else if (FindRefusal(failure.Exception) is { } refusal) throw refusal;
        else await new ApiErrorResult(failure.ToError()).ExecuteAsync(context);
    }

    // The server's own verdict on the body, such as 413, arrives as the reason why forwarding failed.
    private static Exception? FindRefusal(Exception? failure) => failure switch
    {
        BadHttpRequestException or RefusedBodyException => failure,
        AggregateException many => many.InnerExceptions.Select(FindRefusal).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } => FindRefusal(inner),
        _ => null,
    };

    [LoggerMessage(EventId = 2200, Level = LogLevel.Warning, Message = "A request to {Route} failed at {Replica} ({Kind}: {Reason})")]
    private partial void LogFailure(string route, string? replica, string kind, string? reason);
}
