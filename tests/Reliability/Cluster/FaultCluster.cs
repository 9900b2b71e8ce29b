using Benchmarks.Systems;
using Testing;

namespace Reliability.Cluster;

/// <summary>Redis, model servers with all shipped models, gateways and an OIDC provider, configured as in production: each can be hurt and brought back.
/// All reach Redis through a proxy, and the gateways the last model server, so that connections can be hurt too.</summary>
internal sealed class FaultCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private readonly List<IDisposable> _owned = [];

    private FaultCluster(ClusterShape shape)
    {
        Shape = shape;
        SmallDisk.Unmount(Path.Combine(shape.Folder, "disk"));
        if (Directory.Exists(shape.Folder)) Directory.Delete(shape.Folder, recursive: true);
        Benchmarks.BenchmarkPaths.Logs = Directory.CreateDirectory(Path.Combine(shape.Folder, "logs")).FullName;
        Models = new(Path.Combine(shape.Folder, "models"));
        Disk = SmallDisk.Mount(Path.Combine(shape.Folder, "disk"));
        Client = new(Authority);
        Redis = new(Path.Combine(shape.Folder, "redis"));
        RedisProxy = new(Redis.Instance.Endpoint);
        int[] http2 = [.. Enumerable.Range(0, shape.Replicas).Select(_ => RunningServer.FreePort())];
        ReplicaProxy = new(new(System.Net.IPAddress.Loopback, http2[^1]));
        Replicas = [.. http2.Select((port, i) => Service("ModelServer", $"modelserver-{i + 1}", own => ReplicaSettings(own, port)))];
        var seen = http2.Select((port, i) => i == http2.Length - 1 ? ReplicaProxy.Port : port).ToArray();
        Gateways = [.. Enumerable.Range(1, shape.Gateways).Select(i => Service("Gateway", $"gateway-{i}", _ => GatewaySettings(i, seen)))];
        _owned.AddRange([.. Gateways, .. Replicas, Redis, Client, Disk]);
    }

    public ClusterShape Shape { get; }

    public ServiceInstance[] Replicas { get; }

    public ServiceInstance[] Gateways { get; }

    public RedisInstance Redis { get; }

    public StubAuthority Authority { get; } = new();

    public ModelsFolder Models { get; }

    /// <summary>Holds the gateways' audit and the copies of what is active.</summary>
    public SmallDisk Disk { get; }

    public ClusterClient Client { get; }

    /// <summary>Between all services and Redis.</summary>
    public TcpFaultProxy RedisProxy { get; }

    /// <summary>Between the gateways and the last model server.</summary>
    public TcpFaultProxy ReplicaProxy { get; }

    /// <summary>An API key, known to Redis alone.</summary>
    public string ApiKey { get; private set; } = "";

    public static async Task<FaultCluster> StartAsync(ClusterShape shape, CancellationToken cancellation)
    {
        var cluster = new FaultCluster(shape);
        try
        {
            await cluster.Authority.StartAsync();
            await cluster.Redis.StartAsync(cancellation);
            foreach (var service in cluster.Services) service.Start();
            await cluster.HealthyAsync(StartLimit, cancellation);
            await cluster.RenewKeyAsync(cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public IEnumerable<ServiceInstance> Services => [.. Replicas, .. Gateways];

    public string AuditFolder(int gateway) => Path.Combine(Disk.Folder, $"audit-{gateway + 1}");

    /// <summary>Waits until every service says that it is ready, and every gateway that every model server is.</summary>
    /// <exception cref="TimeoutException">It did not come to that; the message says what was missing.</exception>
    public async Task HealthyAsync(TimeSpan within, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(within);
        var missing = "nothing was asked";
        try
        {
            while ((missing = await MissingAsync(limit.Token)) is not null) await Task.Delay(50, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"After {within.TotalSeconds:0} s: {missing}");
        }
    }

    /// <summary>Has Redis know a new key, as an operator must where Redis has lost all.</summary>
    public async Task RenewKeyAsync(CancellationToken cancellation) => ApiKey = await Client.CreateKeyAsync(Gateways[0].Port, cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned) owned.Dispose();
        await RedisProxy.DisposeAsync();
        await ReplicaProxy.DisposeAsync();
        await Authority.DisposeAsync();
        Models.Dispose();
    }

    private async Task<string?> MissingAsync(CancellationToken cancellation)
    {
        foreach (var service in Services)
        {
            if (service.HasEnded) throw new InvalidOperationException($"{service.Name} ended by itself: {service.Tail}");
            if (!await Client.IsReadyAsync(service.Port, cancellation)) return $"{service.Name} is not ready";
        }

        foreach (var gateway in Gateways)
        {
            if (await Client.ReplicasAsync(gateway.Port, cancellation) is not { } replicas) return $"{gateway.Name} does not say which model servers are ready";
            if (replicas.FirstOrDefault(r => r.State != "ready") is { Id: { } id, State: var state }) return $"{gateway.Name} finds {id} {state}";
            if (replicas.Count != Replicas.Length) return $"{gateway.Name} knows {replicas.Count} model servers";
        }

        return null;
    }

    private ServiceInstance Service(string project, string name, Func<int, Dictionary<string, string>> settings)
    {
        var port = RunningServer.FreePort();
        return new(name, port, more =>
        {
            var all = settings(port);
            foreach (var (key, value) in Shape.Settings ?? new Dictionary<string, string>()) all[key] = value;
            foreach (var (key, value) in more) all[key] = value;
            return Platform.Start(project, name, port, all);
        });
    }

    private Dictionary<string, string> Common() => new(Authority.Settings)
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ConnectionStrings__cache"] = $"127.0.0.1:{RedisProxy.Port},password={Redis.Password},abortConnect=false",
        ["Rollouts__Folder"] = Path.Combine(Disk.Folder, "rollouts"),
    };

    private Dictionary<string, string> ReplicaSettings(int port, int http2) => new(Common())
    {
        ["Models__Folder"] = Models.Folder,
        ["Models__WatchInterval"] = "00:00:01",
        ["Inference__Device"] = "cpu",
        ["Inference__Cores"] = "1",
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port};http://127.0.0.1:{http2}",
        ["Http2__Port"] = $"{http2}",
    };

    private Dictionary<string, string> GatewaySettings(int number, int[] replicas)
    {
        var settings = Common();
        settings["Proxy__Http2"] = "true";
        settings["Audit__Folder"] = AuditFolder(number - 1);
        // Small enough to be closed and deleted many times, and for the small disk.
        settings["Audit__FileBytes"] = $"{256 * 1024}";
        settings["Audit__KeptFiles"] = "2";
        // A version becomes active at once, and is not taken back for the times of a machine that this load fills.
        settings["RolloutPolicy__Probation"] = "00:00:01";
        settings["RolloutPolicy__MaxLatencyRatio"] = "1000";
        // Counted in Redis, never reached.
        settings["RateLimiting__Tiers__reliability__RequestsPerMinute"] = "1000000000";
        settings["RateLimiting__Tiers__reliability__Burst"] = "1000000000";
        settings["RateLimiting__Tiers__reliability__TokensPerMinute"] = "1000000000000";
        settings["RateLimiting__Tiers__reliability__Concurrency"] = "10000";
        for (var i = 0; i < replicas.Length; i++) settings[$"services__modelserver-{i + 1}__http2__0"] = $"http://127.0.0.1:{replicas[i]}";
        return settings;
    }
}
