using System.Diagnostics;
using System.Text;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>A gateway or model server as a process of its own, which a test may end and start again at the same address.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly ProcessStartInfo _start;
    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <param name="project">The project's folder, such as <c>Gateway</c>.</param>
    /// <param name="settings">As environment variables.</param>
    public ServiceProcess(string project, IReadOnlyDictionary<string, string> settings)
    {
        // …/Gateway/bin/Release/net10.0, as …/tests/AppHost.Tests/bin/Release/net10.0 is ours.
        var build = Path.GetRelativePath(Path.Combine(RepositoryPaths.Root, "tests", "AppHost.Tests"), AppContext.BaseDirectory);
        var folder = Path.Combine(RepositoryPaths.Root, project);
        Address = new Uri($"http://127.0.0.1:{RunningPlatform.FreePort()}");
        _start = new ProcessStartInfo("dotnet", [Path.Combine(folder, build, project + ".dll")]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        _start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        _start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        _start.Environment["Authentication__Issuer"] = AppHost.Authentication.DevelopmentToken.Issuer;
        _start.Environment["Authentication__Audience"] = AppHost.Authentication.DevelopmentToken.Audience;
        _start.Environment["Authentication__SigningKey"] = TestTokens.SigningKey;
        foreach (var (name, value) in settings) _start.Environment[name] = value;
    }

    public Uri Address { get; }

    public bool IsRunning => _process is { HasExited: false };

    public int Id => _process!.Id;

    /// <summary>Physical memory in bytes.</summary>
    public long Memory
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    public void Start()
    {
        _process?.Dispose();
        _process = Process.Start(_start)!;
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it at once, as an accident does.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        await Eventually.HoldsAsync(async () =>
        {
            Assert.True(IsRunning, Output);
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
        await KillAsync();
        _process?.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
