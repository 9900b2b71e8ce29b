using Gateway.Bodies;
using Gateway.Replicas;
using Gateway.Routing;
using Gateway.Telemetry;
using Gateway.Usage;
using Microsoft.Extensions.Options;

namespace Gateway.Proxy;

/// <summary>Sends a request whose model server failed before the first byte of its answer to another one, each at most once, within the <see cref="RetryBudget"/>.
/// Predictions change nothing, so doing one twice is safe; a body too large to keep is tried once.</summary>
internal sealed partial class ReplicaRetry(
    RequestDelegate next, IOptions<ProxyOptions> options, IOptions<ConnectionOptions> connection, IOptions<ReplayOptions> replay, ReplicaPool pool, RetryBudget budget, UsageQuestions questions, GatewayMetrics metrics, TimeProvider time, ILogger<ReplicaRetry> logger)
{
    private static readonly ApiError NotReady = new(503, "The model is not ready yet.") { Param = "model", Code = "model_not_ready", RetryAfter = TimeSpan.FromSeconds(2) };

    private readonly ForwardingServices _services = new(pool, budget, questions, metrics, time, options.Value, connection.Value);

    public async Task InvokeAsync(HttpContext context)
    {
        budget.Earn();
        var proxy = context.GetReverseProxyFeature();
        var original = context.Request.Body;
        if (pool.ModelsDiffer && proxy.AvailableDestinations is { Count: > 0 } available)
        {
            proxy.AvailableDestinations = await RequestedModel.ChooseAsync(context, available, ProxyRoutes.Get(proxy.Route.Config.RouteId).Task, pool);
            if (proxy.AvailableDestinations.Count == 0)
            {
                await new ApiErrorResult(NotReady).ExecuteAsync(context);
                return;
            }
        }

        // Whoever read the body ahead keeps it already.
        var peeked = context.Features.Get<PeekedRequest>()?.Body;
        using var unread = peeked is null && context.Request.HasBody() ? new ReplayBody(context.Request.BodyReader, replay.Value.ReplayBytes) : null;
        if (unread is not null) context.Request.Body = unread;
        try
        {
            var forwarding = new Forwarding(context, proxy, peeked ?? unread, _services);
            context.Features.Set(forwarding);
            while (await forwarding.SendAsync(next) is { Reason: { } reason })
            {
                metrics.Retried(reason);
                LogRetry(proxy.ProxiedDestination?.DestinationId, reason);
                forwarding.MoveOn();
            }
        }
        finally
        {
            if (unread is not null) context.Request.Body = original;
        }
    }

    [LoggerMessage(EventId = 2201, Level = LogLevel.Warning, Message = "{Replica} failed a request ({Reason}); another one gets it")]
    private partial void LogRetry(string? replica, string reason);
}
