using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Testing;

namespace ModelServer.Tests;

/// <summary>The model server as a process of its own, with a home and a folder for temporary files of its own; ended when disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("server-").FullName;
    private readonly StringBuilder _error = new();
    private readonly Process _process;

    /// <param name="before">What runs it: a program and its arguments, or nothing.</param>
    public ServerProcess(string models, IReadOnlyDictionary<string, string> settings, params string[] before)
    {
        Port = FreePort();
        string[] command = [.. before, "dotnet", Path.Combine(AppContext.BaseDirectory, "ModelServer.dll")];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = _folder };
        foreach (var name in new[] { "HOME", "TMPDIR", "XDG_CACHE_HOME" }) start.Environment[name] = _folder;
        // The variable that this process has set for itself: the server is to do so too.
        start.Environment.Remove("ORT_DISABLE_TELEMETRY");
        foreach (var (key, value) in TestTokens.Settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["Models__Folder"] = models;
        start.Environment["Kestrel__Endpoints__Http__Url"] = $"http://127.0.0.1:{Port}";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}";
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_error) _error.AppendLine(e.Data);
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create());
    }

    public int Port { get; }

    public HttpClient Client { get; }

    public string StandardError
    {
        get { lock (_error) return _error.ToString().Trim(); }
    }

    /// <summary>Whatever it has left in its home and for temporary use, but for what the runtime and the framework keep there.</summary>
    public string[] FilesLeft() =>
    [
        .. Directory.EnumerateFiles(_folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(f => Path.GetRelativePath(_folder, f))
            .Where(f => !f.Contains("DataProtection-Keys", StringComparison.Ordinal) && !f.StartsWith("clr-debug-pipe", StringComparison.Ordinal) && !f.StartsWith("dotnet-diagnostic", StringComparison.Ordinal)),
    ];

    /// <summary>Waits until it is ready.</summary>
    public Task ReadyAsync() => Eventually.HoldsAsync(IsReadyAsync);

    /// <summary>Its exit code, once it has ended by itself.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await ExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_process.HasExited, StandardError);
        try
        {
            using var answer = await Client.GetAsync("/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
