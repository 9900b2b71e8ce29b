using Gateway.Replicas;
using Microsoft.Extensions.Options;
using ServiceDefaults.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy;

/// <summary>Configures the connections to the model servers.</summary>
internal sealed class ReplicaClientFactory(IOptions<ConnectionOptions> options, IConfiguration configuration) : ForwarderHttpClientFactory
{
    // Addresses behind a name change when a replica moves; pooled connections must not outlive that by much.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    // A connection that many share must not stay when its other end is gone without a word; one that only pauses may come back, and its streams with it.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10), PingTimeout = TimeSpan.FromSeconds(20);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = options.Value.ConnectTimeout;
        handler.PooledConnectionLifetime = ConnectionLifetime;
        // Where no spans are exported a client's own trace context goes through as it came: a span in between that nobody sees would cost, and break the trace.
        if (!TelemetryExtensions.ExportsSpans(configuration)) handler.ActivityHeadersPropagator = null;
        (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout) = (PingDelay, PingTimeout);
    }
}
