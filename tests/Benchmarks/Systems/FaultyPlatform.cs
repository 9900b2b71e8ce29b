using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace Benchmarks.Systems;

/// <summary>Redis, three model servers with all shipped models, and two gateways, configured as in production: each can be hurt and brought back.</summary>
internal sealed class FaultyPlatform : IDisposable
{
    public const int Replicas = 3, Gateways = 2;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(2), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Platform.Token) } };
    private readonly string _data = Directory.CreateTempSubdirectory("faults-redis-").FullName;
    private readonly int _redisPort = RunningServer.FreePort();
    private readonly int[] _replicaPorts = Ports(Replicas);
    private readonly int[] _http2Ports = Ports(Replicas);
    private readonly int[] _gatewayPorts = Ports(Gateways);
    private readonly ChildProcess[] _replicas = new ChildProcess[Replicas];
    private readonly ChildProcess[] _gateways = new ChildProcess[Gateways];
    private ChildProcess? _redis;

    /// <summary>An API key, known to Redis alone.</summary>
    public string ApiKey { get; private set; } = "";

    public IPEndPoint Gateway(int index) => new(IPAddress.Loopback, _gatewayPorts[index]);

    public ChildProcess Redis => _redis!;

    public ChildProcess Replica(int index) => _replicas[index];

    public ChildProcess GatewayProcess(int index) => _gateways[index];

    public static async Task<FaultyPlatform> StartAsync(CancellationToken cancellation)
    {
        var platform = new FaultyPlatform();
        try
        {
            platform.StartRedis();
            for (var i = 0; i < Replicas; i++) platform.StartReplica(i);
            for (var i = 0; i < Gateways; i++) platform.StartGateway(i);
            for (var i = 0; i < Replicas; i++) await platform.WaitForReplicaAsync(i, cancellation);
            for (var i = 0; i < Gateways; i++) await platform.WaitForGatewayAsync(i, cancellation);
            platform.ApiKey = await platform.CreateKeyAsync(cancellation);
            return platform;
        }
        catch
        {
            platform.Dispose();
            throw;
        }
    }

    /// <summary>Its data survive it, as they must where API keys are used.</summary>
    public void StartRedis()
    {
        _redis?.Dispose();
        _redis = ChildProcess.Start(
            "redis", _data, new Dictionary<string, string>(), "redis-server", "--port", $"{_redisPort}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--dir", _data);
    }

    public void StartReplica(int index)
    {
        _replicas[index]?.Dispose();
        _replicas[index] = Platform.Start("ModelServer", $"modelserver-{index + 1}", _replicaPorts[index], new Dictionary<string, string>(Production)
        {
            ["Models__Folder"] = RepositoryPaths.Models,
            ["Inference__Device"] = "cpu",
            ["Inference__Cores"] = "1",
            ["ConnectionStrings__cache"] = $"127.0.0.1:{_redisPort}",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_replicaPorts[index]};http://127.0.0.1:{_http2Ports[index]}",
            ["Http2__Port"] = $"{_http2Ports[index]}",
        });
    }

    public void StartGateway(int index)
    {
        _gateways[index]?.Dispose();
        var settings = new Dictionary<string, string>(Production)
        {
            ["Proxy__Http2"] = "true",
            ["ConnectionStrings__cache"] = $"127.0.0.1:{_redisPort}",
            ["Audit__Folder"] = Path.Combine(BenchmarkPaths.Results, $"audit-{index + 1}"),
            // Counted in Redis, never reached.
            ["RateLimiting__Tiers__bench__RequestsPerMinute"] = "1000000000",
            ["RateLimiting__Tiers__bench__TokensPerMinute"] = "1000000000000",
            ["RateLimiting__Tiers__bench__Concurrency"] = "1000",
        };
        for (var i = 0; i < Replicas; i++) settings[$"services__modelserver-{i + 1}__http2__0"] = $"http://127.0.0.1:{_http2Ports[i]}";
        _gateways[index] = Platform.Start("Gateway", $"gateway-{index + 1}", _gatewayPorts[index], settings);
    }

    public Task WaitForReplicaAsync(int index, CancellationToken cancellation) => WaitAsync(_replicaPorts[index], _replicas[index], cancellation);

    public Task WaitForGatewayAsync(int index, CancellationToken cancellation) => WaitAsync(_gatewayPorts[index], _gateways[index], cancellation);

    /// <summary>Whether a gateway says that it takes requests, as a load balancer asks.</summary>
    public async Task<bool> IsReadyAsync(int port, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri($"http://127.0.0.1:{port}/ready"), cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>What a gateway has counted; nothing where it does not answer.</summary>
    public async Task<string> MetricsAsync(int gateway, CancellationToken cancellation)
    {
        try
        {
            return await _client.GetStringAsync(new Uri($"http://{Gateway(gateway)}/metrics"), cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return "";
        }
    }

    public void Dispose()
    {
        foreach (var process in (ChildProcess?[])[.. _gateways, .. _replicas, _redis]) process?.Dispose();
        _client.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private static Dictionary<string, string> Production => new() { ["ASPNETCORE_ENVIRONMENT"] = "Production" };

    private static int[] Ports(int count) => [.. Enumerable.Range(0, count).Select(_ => RunningServer.FreePort())];

    private async Task WaitAsync(int port, ChildProcess process, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        while (!await IsReadyAsync(port, limit.Token))
        {
            if (process.HasExited) throw new InvalidOperationException($"A process ended: {process.Log}\n{process.Tail()}");
            await Task.Delay(100, limit.Token);
        }
    }

    private async Task<string> CreateKeyAsync(CancellationToken cancellation)
    {
        using var answer = await _client.PostAsJsonAsync(new Uri($"http://{Gateway(0)}/admin/keys"), new { name = "faults", scopes = new[] { "infer" }, tier = "bench" }, cancellation);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("key").GetString()!;
    }
}
