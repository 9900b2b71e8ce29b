using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Gateway.Replicas;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Testing;

namespace Gateway.Tests.Hosting;

/// <summary>The gateway itself on Kestrel and a loopback port, in front of fake model servers.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;
    private readonly StartRefusal _refusal;
    private readonly List<FakeReplica> _replicas = [];

    private GatewayHost(WebApplicationFactory<Program> factory, StartRefusal refusal) => (_factory, _refusal) = (factory, refusal);

    public IReadOnlyList<FakeReplica> Replicas => _replicas;

    public FakeReplica Replica => _replicas[0];

    public IServiceProvider Services => _factory.Services;

    public Uri Address { get; private set; } = null!;

    /// <summary>Where it speaks HTTP/2 without TLS.</summary>
    public Uri Http2Address { get; private set; } = null!;

    /// <summary>Where it speaks TLS, when the settings name such an endpoint.</summary>
    public Uri? TlsAddress { get; private set; }

    public ReplicaPool Pool => Services.GetRequiredService<ReplicaPool>();

    /// <summary>Starts replicas and gateway; waits until every replica that says so is ready.</summary>
    /// <param name="time">The gateway's clock; the system's if null.</param>
    /// <param name="services">Replaces services of the gateway.</param>
    public static async Task<GatewayHost> StartAsync(
        int replicas = 1, string environment = "Production", CapturedLog? log = null, TimeProvider? time = null, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var started = new List<FakeReplica>();
        for (var i = 0; i < replicas; i++) started.Add(await FakeReplica.StartAsync());
        var addresses = started.Select((r, i) => ($"services:modelserver-{i + 1}:http:0", r.Address));
        var host = Create(environment, log, own =>
        {
            own.AddSingleton(time ?? TimeProvider.System);
            services?.Invoke(own);
        }, [.. addresses, .. settings]);
        host._replicas.AddRange(started);
        host.Start();
        await host.WaitUntilAsync(() => host.Pool.All.Count(r => r.State == ReplicaState.Ready) >= replicas);
        return host;
    }

    /// <summary>The gateway in front of nothing but what the settings name.</summary>
    public static GatewayHost Create(string environment, params (string Key, string Value)[] settings) => Create(environment, null, _ => { }, settings);

    /// <inheritdoc cref="Create(string, ValueTuple{string, string}[])"/>
    public static GatewayHost Create(string environment, Action<IServiceCollection> services, params (string Key, string Value)[] settings)
        => Create(environment, null, services, settings);

    private static GatewayHost Create(string environment, CapturedLog? log, Action<IServiceCollection> services, (string Key, string Value)[] settings)
    {
        var refusal = new StartRefusal();
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(web =>
        {
            web.UseEnvironment(environment);
            web.ConfigureLogging(logging =>
            {
                logging.ClearProviders();
                if (log is not null) logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
            });
            web.ConfigureAppConfiguration(configuration => configuration
                .AddInMemoryCollection(TestTokens.Settings)
                // A busy machine may be slow to answer a probe: only a test of that is to see one missed.
                .AddInMemoryCollection([new("Replicas:ProbeInterval", "00:00:00.1"), new("Replicas:ProbeTimeout", "00:01:00"), new("Drain:Notice", "00:00:00"), new("Proxy:Http2", "true"), new("RateLimiting:Tiers:default:RequestsPerMinute", "100000")])
                .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))));
            web.ConfigureTestServices(services);
            // Read while services are still being registered.
            foreach (var (key, value) in settings.Where(s => s.Key.StartsWith("ConnectionStrings:", StringComparison.Ordinal))) web.UseSetting(key, value);
            refusal.Observe(web);
        });
        factory.UseKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, 0);
            server.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        return new(factory, refusal);
    }

    public void Start()
    {
        _factory.StartServer();
        Uri[] addresses = [.. Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(a => new Uri(a))];
        Uri[] plain = [.. addresses.Where(a => a.Scheme == Uri.UriSchemeHttp)];
        (Address, Http2Address, TlsAddress) = (plain[0], plain[1], addresses.SingleOrDefault(a => a.Scheme == Uri.UriSchemeHttps));
    }

    /// <summary>Why this gateway refuses to start.</summary>
    public Exception StartRefused() => _refusal.Of(Start);

    public HttpClient CreateClient(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = Eventually.Limit };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public HttpClient CreateInferClient(string subject = "tester") => CreateClient(TestTokens.Create(subject: subject));

    public Task WaitUntilAsync(Func<bool> condition) => WaitUntilAsync(_ => Task.FromResult(condition()));

    public async Task WaitUntilAsync(Func<HttpClient, Task<bool>> condition)
    {
        using var client = CreateClient();
        await Eventually.HoldsAsync(() => condition(client));
    }

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        foreach (var replica in _replicas) await replica.DisposeAsync();
    }

    /// <summary>An address on which nobody listens: connections to it are refused.</summary>
    public static string DeadAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }
}

internal static class ClientExtensions
{
    public static Task<HttpResponseMessage> PredictAsync(this HttpClient client, string text = "fine", CancellationToken cancellationToken = default)
        => client.PostAsJsonAsync("/predict", new { text }, cancellationToken);
}
