using Gateway.Telemetry;
using ServiceDefaults;

namespace Gateway.Proxy;

/// <summary>Turns a forwarding that failed for good into the error shape of its route.</summary>
internal sealed class ProxyErrors(RequestDelegate next, GatewayMetrics metrics)
{
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.GetForwarderErrorFeature() is not { } failure) return;

        metrics.ProxyFailed(failure.Kind());
        if (context.Response.HasStarted) return;
        if (context.RequestAborted.IsCancellationRequested) context.Response.StatusCode = ClientClosedRequest;
        else if (FindRefusal(failure.Exception) is { } refusal) throw refusal;
        else await new ApiErrorResult(failure.ToError()).ExecuteAsync(context);
    }

    // The server's own verdict on the body, such as 413, arrives as the reason why forwarding failed.
    private static BadHttpRequestException? FindRefusal(Exception? failure) => failure switch
    {
        BadHttpRequestException refusal => refusal,
        AggregateException many => many.InnerExceptions.Select(FindRefusal).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } => FindRefusal(inner),
        _ => null,
    };
}
