using Gateway.Telemetry;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy;

/// <summary>Sends a request whose model server failed before the first byte of its answer once more, to another one.
/// Predictions change nothing, so doing one twice is safe; a body too large to keep is tried once.</summary>
internal sealed class ReplicaRetry(RequestDelegate next, IOptions<ProxyOptions> options, GatewayMetrics metrics)
{
    private readonly int _replayBytes = options.Value.ReplayBytes;

    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var candidates = proxy.AvailableDestinations;
        var replayable = TryKeepBody(context.Request);
        await next(context);

        if (!replayable || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
        if (context.GetForwarderErrorFeature() is not { } failure || !failure.IsWorthAnotherAttempt()) return;
        var others = candidates.Where(d => d != proxy.ProxiedDestination).ToArray();
        if (others is []) return;

        metrics.Retried(failure.Kind());
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
        if (context.Request.Body.CanSeek) context.Request.Body.Position = 0;
        proxy.AvailableDestinations = others;
        await next(context);
    }

    private bool TryKeepBody(HttpRequest request)
    {
        if (request.ContentLength is null && !HasChunkedBody(request)) return true;
        if (request.ContentLength is not { } length || length > _replayBytes) return false;
        // A threshold equal to the limit keeps prompts off the disk.
        request.EnableBuffering(_replayBytes, _replayBytes);
        return true;
    }

    private static bool HasChunkedBody(HttpRequest request)
        => request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
}
