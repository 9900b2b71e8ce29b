using Gateway.Replicas;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gateway.Proxy;

/// <summary>Sends a request whose model server failed before the first byte of its answer once more, to another one, within the <see cref="RetryBudget"/>.
/// Predictions change nothing, so doing one twice is safe; a body too large to keep is tried once.</summary>
internal sealed partial class ReplicaRetry(
    RequestDelegate next, IOptions<ProxyOptions> options, ReplicaPool pool, RetryBudget budget, GatewayMetrics metrics, TimeProvider time, ILogger<ReplicaRetry> logger)
{
    private readonly ForwardingServices _services = new(pool, budget, metrics, time, options.Value);

    public async Task InvokeAsync(HttpContext context)
    {
        budget.Earn();
        var proxy = context.GetReverseProxyFeature();
        var original = context.Request.Body;
        using var body = HasBody(context.Request) ? new ReplayBody(original, options.Value.ReplayBytes) : null;
        if (body is not null) context.Request.Body = body;
        try
        {
            if (pool.ModelsDiffer && await RequestedModel.ReadAsync(context.Request, body) is { } model) proxy.AvailableDestinations = RequestedModel.Keep(proxy.AvailableDestinations, model, pool);
            var forwarding = new Forwarding(context, proxy, body, _services);
            context.Features.Set(forwarding);
            await forwarding.SendAsync(next);
            if (forwarding.Again is not { } reason) return;

            metrics.Retried(reason);
            LogRetry(proxy.ProxiedDestination?.DestinationId, reason);
            forwarding.TakeSecond();
            await forwarding.SendAsync(next);
        }
        finally
        {
            context.Request.Body = original;
        }
    }

    private static bool HasBody(HttpRequest request) => request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Replica} failed a request ({Reason}); another one gets it")]
    private partial void LogRetry(string? replica, string reason);
}
