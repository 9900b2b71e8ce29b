using Gateway.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy;

/// <summary>Sends a request whose model server failed before the first byte of its answer once more, to another one.
/// Predictions change nothing, so doing one twice is safe; a body too large to keep is tried once.</summary>
internal sealed partial class ReplicaRetry(RequestDelegate next, IOptions<ProxyOptions> options, GatewayMetrics metrics, ILogger<ReplicaRetry> logger)
{
    private readonly int _replayBytes = options.Value.ReplayBytes;

    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var candidates = proxy.AvailableDestinations;
        var original = context.Request.Body;
        using var body = HasBody(context.Request) ? new ReplayBody(original, _replayBytes) : null;
        if (body is not null) context.Request.Body = body;
        try
        {
            await next(context);
            if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
            if (context.GetForwarderErrorFeature() is not { } failure || !failure.IsWorthAnotherAttempt()) return;
            var others = candidates.Where(d => d != proxy.ProxiedDestination).ToArray();
            if (others is [] || body?.TryRewind() == false) return;

            metrics.Retried(failure.Kind());
            LogRetry(proxy.ProxiedDestination?.DestinationId, failure.Kind(), failure.Exception?.GetBaseException().Message);
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.StatusCode = StatusCodes.Status200OK;
            proxy.AvailableDestinations = others;
            await next(context);
        }
        finally
        {
            context.Request.Body = original;
        }
    }

    private static bool HasBody(HttpRequest request) => request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Replica} failed a request ({Kind}: {Reason}); another one gets it")]
    private partial void LogRetry(string? replica, string kind, string? reason);
}
