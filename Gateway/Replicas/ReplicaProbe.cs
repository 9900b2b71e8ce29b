using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Authentication;
using Gateway.Telemetry;
using Microsoft.Extensions.Options;

namespace Gateway.Replicas;

/// <summary>Polls the <c>/health</c> of every model server: whether it may get requests, how loaded it is and which models it has.</summary>
internal sealed partial class ReplicaProbe(
    ReplicaPool pool, IOptions<ReplicaOptions> options, IOptions<ConnectionOptions> connection, InternalTokens tokens, GatewayMetrics metrics, TimeProvider time,
    ILogger<ReplicaProbe> logger) : BackgroundService
{
    /// <summary>The shortest ping interval that the handler allows.</summary>
    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    // Over HTTP/2 a probe that is given up leaves its connection to the next one: a dead one must end.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectTimeout = options.Value.ProbeTimeout,
        KeepAlivePingDelay = ShortestPing,
        KeepAlivePingTimeout = options.Value.ProbeTimeout > ShortestPing ? options.Value.ProbeTimeout : ShortestPing,
    })
    {
        Timeout = options.Value.ProbeTimeout,
        // Every label of every model is in it.
        MaxResponseContentBufferSize = 16 * 1024 * 1024,
    };

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!pool.All.Any() && options.Value.Dns is null) LogNoReplicas();
        if (!tokens.CanIssue) LogNoKey();
        metrics.ObserveReplicas(() => pool.All.Select(r => r.State));
        using var timer = new PeriodicTimer(options.Value.ProbeInterval, time);
        do
        {
            await Task.WhenAll(pool.All.Select(r => AskAsync(r, stoppingToken)));
            pool.Review();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task AskAsync(Replica replica, CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            // 503 carries the same body: "starting", "draining" and "unhealthy" are answers too.
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(replica.Address, "/health")) { Version = connection.Value.Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            // A kept connection might ask the same model server for ever.
            if (replica.IsLoadBalancer && !connection.Value.Http2) request.Headers.ConnectionClose = true;
            // Anyone may ask how a model server is; which models it has it tells to a token alone.
            if (tokens.CanIssue) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.ForProbes());
            using var response = await _client.SendAsync(request, cancellationToken);
            var health = await response.Content.ReadFromJsonAsync(ReplicaHealthJson.Readable.ReplicaHealth, cancellationToken) ?? ReplicaHealth.Unreachable;
            replica.Probed(health, response.IsSuccessStatusCode && health.Status == ReplicaHealth.Healthy);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or none in a known encoding.
            replica.Probed(ReplicaHealth.Unreachable, ready: false);
        }
        catch (Exception e) when (e is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
        {
            // The bare SocketException is of a connection that was reset while it was made (HttpClient asks it for its remote end and does not expect that).
            replica.RefusedProbe(askedAt);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            replica.MissedProbe(askedAt);
        }
    }

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "Authentication:GatewayKey is not set: which models the model servers have is not known here, so that any of them is asked for any model")]
    private partial void LogNoKey();

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "No model server is configured (services:modelserver-1:http:0 and so on, or Replicas:Dns): every prediction will be answered 503")]
    private partial void LogNoReplicas();
}
