using System.Net;

namespace Benchmarks.Systems;

/// <summary>A way to one stub replica: direct, or through a proxy that is started for it.</summary>
internal sealed record ProxySystem(string Name, Func<int, CancellationToken, Task<RunningServer>> StartAsync)
{
    /// <summary>Another way to set up a system that is measured too: of interest, but not at any price.</summary>
    public bool IsVariation { get; init; }

    public const string Direct = "stub direct", BareYarp = "bare YARP", Nginx = "nginx", Checks = "gateway, checks only", Everything = "gateway, everything on";

    /// <summary>As deployed, with limits that are counted and never reached.</summary>
    private static readonly Dictionary<string, string> Limits = new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["RateLimiting__Tiers__bench__RequestsPerMinute"] = "1000000000",
    };

    private static readonly Dictionary<string, string> ChecksOnly = new(Limits) { ["OTEL_TRACES_SAMPLER"] = "always_off" };

    private static readonly string Program = typeof(ProxySystem).Assembly.Location;

    /// <summary>Server GC, as web services have by default and this harness has not.</summary>
    private static readonly Dictionary<string, string> WebDefaults = new() { ["DOTNET_gcServer"] = "1" };

    public static IReadOnlyList<ProxySystem> All { get; } =
    [
        new(Direct, (stub, _) => Task.FromResult(new RunningServer(new(IPAddress.Loopback, stub), token: null))),
        new(BareYarp, (stub, cancellation) => StartOwnAsync(ProxyRivals.Yarp, stub, cancellation)),
        new("YARP, HTTP/2 to the stub", (_, cancellation) => StartHttp2Async(ProxyRivals.YarpHttp2, cancellation)) { IsVariation = true },
        new("YARP, one HTTP/2 connection", (_, cancellation) => StartHttp2Async(ProxyRivals.YarpOneHttp2, cancellation)) { IsVariation = true },
        new("YARP, 16 connections at most", (stub, cancellation) => StartOwnAsync(ProxyRivals.YarpFewConnections, stub, cancellation)) { IsVariation = true },
        new(Nginx, StartNginxAsync),
        new(Checks, (_, cancellation) => StartWithChecksAsync(checkout: null, cancellation)),
        new("gateway, checks only, HTTP/1.1 to the stub", (stub, cancellation) => StartGatewayAsync(stub, ChecksOnly, [], cancellation)) { IsVariation = true },
        new(Everything, (_, cancellation) => StartWithEverythingAsync(cancellation)),
    ];

    /// <summary>The gateway as deployed, of any built checkout, before a stub over HTTP/2.</summary>
    /// <param name="checkout">As of <see cref="Platform.Start"/>.</param>
    public static Task<RunningServer> StartWithChecksAsync(string? checkout, CancellationToken cancellation) => StartGatewayAsync(ChecksOnly, [], cancellation, checkout);

    public static Task<RunningServer> StartStubAsync(CancellationToken cancellation) => StartOwnAsync(ProxyRivals.Stub, 0, cancellation);

    private static Task<RunningServer> StartOwnAsync(string kind, int backend, CancellationToken cancellation, params ChildProcess[] beside)
    {
        var port = RunningServer.FreePort();
        return new RunningServer(new(IPAddress.Loopback, port), token: null, [Serve(kind, port, backend), .. beside]).WhenReadyAsync("/health", cancellation);
    }

    /// <summary>With a stub of its own, as one port speaks either version where there is no TLS.</summary>
    private static Task<RunningServer> StartHttp2Async(string kind, CancellationToken cancellation)
    {
        var stub = RunningServer.FreePort();
        return StartOwnAsync(kind, stub, cancellation, Serve(ProxyRivals.StubHttp2, stub, 0));
    }

    /// <summary>Over HTTP/2, as the AppHost sets it up.</summary>
    private static Task<RunningServer> StartGatewayAsync(Dictionary<string, string> settings, ChildProcess[] beside, CancellationToken cancellation, string? checkout = null)
    {
        var stub = RunningServer.FreePort();
        return StartGatewayAsync(stub, new Dictionary<string, string>(settings) { ["Proxy__Http2"] = "true" }, [Serve(ProxyRivals.StubHttp2, stub, 0), .. beside], cancellation, checkout);
    }

    private static ChildProcess Serve(string kind, int port, int backend)
        => ChildProcess.Start(kind, BenchmarkPaths.Cache, WebDefaults, "dotnet", "exec", Program, "serve", kind, $"{port}", $"{backend}");

    /// <summary>A plain proxy: a worker per core, keep-alive to the replica, no log.</summary>
    private static async Task<RunningServer> StartNginxAsync(int stub, CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        var folder = Directory.CreateDirectory(Path.Combine(BenchmarkPaths.Cache, "nginx")).FullName;
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; worker_processes auto; pid {{folder}}/nginx.pid; error_log {{folder}}/error.log;
            events { worker_connections 4096; }
            http {
              access_log off; keepalive_requests 10000000; client_body_temp_path {{folder}}; proxy_temp_path {{folder}};
              upstream replicas { server 127.0.0.1:{{stub}}; keepalive 256; keepalive_requests 10000000; }
              server { listen 127.0.0.1:{{port}}; location / { proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection ""; } }
            }
            """, cancellation);
        var process = ChildProcess.Start("nginx", folder, new Dictionary<string, string>(), "/usr/sbin/nginx", "-c", configuration);
        return await new RunningServer(new(IPAddress.Loopback, port), token: null, process).WhenReadyAsync("/health", cancellation);
    }

    /// <summary>Limits shared through Redis, the audit log, and one trace in ten.</summary>
    private static async Task<RunningServer> StartWithEverythingAsync(CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        var redis = ChildProcess.Start("redis", BenchmarkPaths.Cache, new Dictionary<string, string>(), "redis-server", "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no");
        var settings = new Dictionary<string, string>(Limits)
        {
            ["RateLimiting__Tiers__bench__TokensPerMinute"] = "1000000000000",
            ["ConnectionStrings__cache"] = $"127.0.0.1:{port}",
            ["Audit__Folder"] = Path.Combine(BenchmarkPaths.Results, "audit"),
            ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio",
            ["OTEL_TRACES_SAMPLER_ARG"] = "0.1",
        };
        return await StartGatewayAsync(settings, [redis], cancellation);
    }

    private static Task<RunningServer> StartGatewayAsync(
        int stub, IReadOnlyDictionary<string, string> settings, ChildProcess[] beside, CancellationToken cancellation, string? checkout = null)
    {
        var port = RunningServer.FreePort();
        return new RunningServer(new(IPAddress.Loopback, port), Platform.Token, [Platform.StartGateway(port, [stub], settings, checkout), .. beside]).WhenReadyAsync("/ready", cancellation);
    }
}
