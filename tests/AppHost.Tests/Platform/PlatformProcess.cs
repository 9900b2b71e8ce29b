using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>The platform as a user starts it: a process of its own whose output is read, with a temp folder of its own.</summary>
internal sealed partial class PlatformProcess : IAsyncDisposable
{
    public const int Kill = 9, Terminate = 15, Interrupt = 2;

    /// <summary>The host as it was built: the copy of it beside the tests lacks the libraries that the tests' framework has.</summary>
    public static readonly string Host = Path.Combine(Projects.AppHost.ProjectPath, "bin", Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(PlatformProcess).Assembly.Location)))!, "net10.0", "AppHost.dll");

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TemporaryFolder _rollouts = new();
    private readonly Process _process;

    /// <remarks>A shell starts what runs in its background with Ctrl+C's signal ignored, and whoever it starts inherits that: here it ends the host, however
    /// the tests were started.</remarks>
    public PlatformProcess(params string[] args)
        : this(OperatingSystem.IsLinux() ? "env" : "dotnet", OperatingSystem.IsLinux() ? ["--default-signal=INT", "dotnet", Host, .. args] : [Host, .. args], [])
    {
    }

    /// <param name="program">What starts the host, if it is not started directly.</param>
    /// <param name="environment">Beside that of the tests.</param>
    public PlatformProcess(string program, string[] args, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["TMPDIR"] = TempFolder;
        // What an earlier platform at the same port left is not this test's.
        start.Environment["Rollouts__Folder"] = _rollouts.Path;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        Processes = new(_process.Id, $"TMPDIR={TempFolder}");
        _process.OutputDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _process.ErrorDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The options for a cache that this machine can run as a process, whatever container engines it has.</summary>
    public static string[] LocalCache(TemporaryFolder folder) => ["--cache", Programs.Has("redis-server") ? "process" : "garnet", "--Cache:Folder", folder.Path];

    public string TempFolder { get; } = Directory.CreateTempSubdirectory("platform-").FullName;

    /// <summary>Everything that it started, also what is no child of it.</summary>
    public ProcessTree Processes { get; }

    public IEnumerable<string> Lines => _lines;

    public string Output => string.Join('\n', _lines);

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>What the notice says behind a word such as <c>Gateway</c>.</summary>
    public async Task<string> NoticeAsync(string word) => (await LineAsync(word + "  "))[word.Length..].Trim();

    /// <summary>The first line that begins with one of these.</summary>
    public async Task<string> LineAsync(params string[] beginnings)
    {
        string? Find() => _lines.FirstOrDefault(line => beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)));
        await Eventually.HoldsAsync(() => Find() is not null || _process.HasExited, () => $"No line '{string.Join("' or '", beginnings)}' in time. Output:\n{Output}");
        return Find() ?? throw new InvalidOperationException($"It ended without a line '{string.Join("' or '", beginnings)}'. Output:\n{Output}");
    }

    /// <summary>A client of the gateway with the token of the notice, once the models are settled: each serves as soon as it is ready, and not before.</summary>
    public async Task<HttpClient> ConnectAsync(string? token = null)
    {
        await LineAsync("Model  ", "No model");
        var client = new HttpClient { BaseAddress = new Uri(await NoticeAsync("Gateway")), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? await NoticeAsync("Token"));
        return client;
    }

    /// <summary>To the host alone, as Ctrl+C or an accident does.</summary>
    public void Signal(int signal) => Signal(_process.Id, signal);

    public static void Signal(int process, int signal) => Send(process, signal);

    public Task WaitForExitAsync() => _process.WaitForExitAsync(new CancellationTokenSource(Eventually.Limit).Token);

    /// <summary>Asks it to end, and waits for everything of it to be gone.</summary>
    public async Task StopAsync()
    {
        Signal(Terminate);
        await GoneAsync();
        // The rest of what it wrote is read by now as well.
        await WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited && !OperatingSystem.IsWindows()) Signal(Terminate);
        if (OperatingSystem.IsWindows() || !_process.WaitForExit(TimeSpan.FromMinutes(1))) _process.Kill(entireProcessTree: true);
        // What is ending still removes files there.
        await GoneAsync();
        _process.Dispose();
        Directory.Delete(TempFolder, recursive: true);
        _rollouts.Dispose();
    }

    /// <summary>Waits until nothing of it lives.</summary>
    /// <returns>How long that took.</returns>
    public Task<TimeSpan> GoneAsync(TimeSpan? limit = null)
        => Eventually.HoldsAsync(() => Processes.Find().Length == 0, () => $"Still there: {string.Join('\n', Processes.Find().AsEnumerable())}", limit);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
