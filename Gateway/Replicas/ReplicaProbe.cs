using System.Text.Json;
using Gateway.Proxy;
using Microsoft.Extensions.Options;

namespace Gateway.Health;

/// <summary>Asks every model server for its <c>/health</c>, over and over, and keeps the last answers.
/// YARP's own probes ask <c>/ready</c> and decide where requests go; these say what the platform has.</summary>
internal sealed partial class ReplicaHealthMonitor(Replica[] replicas, IOptions<ProxyOptions> options, TimeProvider clock, ILogger<ReplicaHealthMonitor> logger)
    : BackgroundService
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = options.Value.ProbeTimeout })
    {
        Timeout = options.Value.ProbeTimeout,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    private volatile ReplicaHealth[] _last = [.. replicas.Select(_ => ReplicaHealth.Unreachable)];

    public PlatformHealth Current => PlatformHealth.Of(_last);

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (replicas is []) LogNoReplicas();
        using var timer = new PeriodicTimer(options.Value.ProbeInterval, clock);
        do _last = await Task.WhenAll(replicas.Select(r => AskAsync(r, stoppingToken)));
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<ReplicaHealth> AskAsync(Replica replica, CancellationToken cancellationToken)
    {
        try
        {
            // 503 carries the same body: "starting" and "unhealthy" are answers too.
            using var response = await _client.GetAsync(new Uri(replica.Address, "/health"), cancellationToken);
            return await response.Content.ReadFromJsonAsync(ReplicaHealthJson.Default.ReplicaHealth, cancellationToken) ?? ReplicaHealth.Unreachable;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ReplicaHealth.Unreachable;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No model server is configured (services:modelserver-1:http:0 and so on): every prediction will be answered 503")]
    private partial void LogNoReplicas();
}
