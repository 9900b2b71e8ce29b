using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>A second gateway, as a process, that speaks HTTP/1.1 to the model servers of a running platform.</summary>
internal sealed class Http1Gateway : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private readonly Process _process;
    private readonly Uri _address;

    /// <param name="servers">The model servers' addresses of HTTP/1.1.</param>
    public Http1Gateway(IReadOnlyList<Uri> servers)
    {
        // …/Gateway/bin/Debug/net10.0, as …/tests/AppHost.Tests/bin/Debug/net10.0 is ours.
        var build = Path.GetRelativePath(Path.Combine(RepositoryPaths.Root, "tests", "AppHost.Tests"), AppContext.BaseDirectory);
        var folder = Path.Combine(RepositoryPaths.Root, "Gateway");
        _address = new Uri($"http://127.0.0.1:{RunningPlatform.FreePort()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, build, "Gateway.dll")]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = _address.ToString();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Authentication__Issuer"] = AppHost.Authentication.DevelopmentToken.Issuer;
        start.Environment["Authentication__Audience"] = AppHost.Authentication.DevelopmentToken.Audience;
        start.Environment["Authentication__SigningKey"] = TestTokens.SigningKey;
        start.Environment["RateLimiting__Tiers__metered__RequestsPerMinute"] = "100000";
        start.Environment["RateLimiting__Tiers__metered__TokensPerMinute"] = $"{RunningPlatform.MeteredTokens}";
        start.Environment["Proxy__Http2"] = "false";
        for (var i = 0; i < servers.Count; i++) start.Environment[$"services__modelserver-{i + 1}__http__0"] = servers[i].ToString();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient CreateClient(string token)
    {
        var client = new HttpClient { BaseAddress = _address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Waits until it is ready.</summary>
    public async Task ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = _address };
        await Eventually.HoldsAsync(async () =>
        {
            Assert.False(_process.HasExited, Output);
            try
            {
                using var answer = await client.GetAsync("/ready");
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => Output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
