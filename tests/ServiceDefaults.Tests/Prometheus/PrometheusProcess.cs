using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Testing;

namespace ServiceDefaults.Tests.Prometheus;

/// <summary>Prometheus itself, on loopback, scraping one service by the credentials in a file.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
    private readonly HttpClient _client = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });
    private readonly Process _process;

    private PrometheusProcess(Uri service, string token)
    {
        var port = FreePort();
        _client.BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/");
        File.WriteAllText(Path.Combine(_folder, "token"), token);
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), $$"""
            scrape_configs:
              - job_name: service
                scrape_interval: 1s
                authorization: { credentials_file: token }
                static_configs: [{ targets: ["{{service.Authority}}"] }]
            """);
        _process = Process.Start(new ProcessStartInfo("prometheus",
        [
            "--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address=127.0.0.1:{port}", "--enable-feature=exemplar-storage", "--log.level=error",
        ])
        { WorkingDirectory = _folder, RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public static async Task<PrometheusProcess> StartAsync(Uri service, string token)
    {
        var prometheus = new PrometheusProcess(service, token);
        await Eventually.HoldsAsync(async () => (await prometheus.QueryAsync("query?query=1")).Contains("success", StringComparison.Ordinal));
        return prometheus;
    }

    /// <summary>What it answers; nothing while it does not.</summary>
    public async Task<string> QueryAsync(string query)
    {
        try
        {
            return await _client.GetStringAsync(query);
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A test with Prometheus; skipped by name where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = Programs.Has("prometheus") ? null : "There is no prometheus on the path.";
}
