using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Telemetry;

/// <summary>The gateway as a process of its own, before a fake model server: what is scraped in this process is of every gateway that runs in it.</summary>
public sealed class GatewayProcess : IAsyncLifetime
{
    private readonly StringBuilder _error = new();
    private readonly int _port = FreePort();
    private FakeReplica? _replica;
    private Process? _process;

    internal HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    internal FakeReplica Replica => _replica!;

    public async Task InitializeAsync()
    {
        _replica = await FakeReplica.StartAsync();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateway.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Dictionary<string, string?> settings = new(TestTokens.Settings)
        {
            ["services:modelserver-1:http:0"] = _replica.Address,
            ["Proxy:Http2"] = "true",
            ["Replicas:ProbeInterval"] = "00:00:00.1",
            ["RateLimiting:Tiers:default:RequestsPerMinute"] = "1000000",
            ["RateLimiting:Tiers:default:TokensPerMinute"] = "1000000000",
            ["RateLimiting:Tiers:narrow:RequestsPerMinute"] = "1",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_port}",
        };
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_error) _error.AppendLine(e.Data);
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Client.BaseAddress = new Uri($"http://127.0.0.1:{_port}");
        await Eventually.HoldsAsync(IsReadyAsync);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (!_process!.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _replica!.DisposeAsync();
    }

    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? token)
    {
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return await Client.SendAsync(request);
    }

    internal async Task<Scrape> ScrapeAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        using var response = await SendAsync(request, TestTokens.Create("metrics"));
        return new(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_process!.HasExited, _error.ToString());
        try
        {
            using var answer = await Client.GetAsync("/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
