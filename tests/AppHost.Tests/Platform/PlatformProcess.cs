using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace AppHost.Tests.Platform;

/// <summary>The platform as a user starts it: a process of its own whose output is read.</summary>
public sealed partial class PlatformProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    /// <summary>The host as it was built: the copy of it beside the tests lacks the libraries that the tests' framework has.</summary>
    private static readonly string Host = Path.Combine(Projects.AppHost.ProjectPath, "bin", Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(PlatformProcess).Assembly.Location)))!, "net10.0", "AppHost.dll");

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    public PlatformProcess(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Host, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _process.ErrorDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _lines);

    /// <summary>What the ready notice says behind a word such as <c>Gateway</c>.</summary>
    public async Task<string> NoticeAsync(string word)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var line = _lines.FirstOrDefault(l => l.StartsWith(word + "  ", StringComparison.Ordinal));
            if (line is not null) return line[word.Length..].Trim();
            if (_process.HasExited || limit.IsCancellationRequested) throw new InvalidOperationException($"No line '{word}'. Output:\n{Output}");
            await Task.Delay(50);
        }
    }

    /// <summary>SIGTERM or SIGKILL to the host alone, as Ctrl+C or an accident does.</summary>
    public void Signal(int signal) => Signal(Id, signal);

    public static void Signal(int process, int signal) => Kill(process, signal);

    public Task WaitForExitAsync(TimeSpan limit) => _process.WaitForExitAsync(new CancellationTokenSource(limit).Token);

    public int ExitCode => _process.ExitCode;

    /// <summary>Processes of this machine whose environment names a folder or port of this platform.</summary>
    public static int[] Holding(string marker) => [.. Directory.GetDirectories("/proc").Where(p => Digits().IsMatch(p)).Where(p => Mentions(p, marker)).Select(p => int.Parse(Path.GetFileName(p)))];

    /// <summary>Processes of a name that this platform started, itself or through another one.</summary>
    public int[] Descendants(string name)
    {
        var all = Directory.GetDirectories("/proc").Where(p => Digits().IsMatch(p)).Select(ReadStat).OfType<(int Id, string Name, int Parent)>().ToDictionary(s => s.Id);
        return [.. all.Values.Where(s => s.Name == name && IsOurs(s.Id)).Select(s => s.Id)];

        bool IsOurs(int id) => id == Id || (all.TryGetValue(id, out var stat) && IsOurs(stat.Parent));
    }

    public void Dispose()
    {
        if (!_process.HasExited && !OperatingSystem.IsWindows()) Signal(15);
        if (OperatingSystem.IsWindows() || !_process.WaitForExit(TimeSpan.FromSeconds(15))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static bool Mentions(string process, string marker)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ")).Contains(marker, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static (int Id, string Name, int Parent)? ReadStat(string process)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
            return (int.Parse(stat[..open]), stat[(open + 1)..close], int.Parse(stat[(close + 1)..].Split(' ')[2]));
        }
        catch (IOException)
        {
            return null;
        }
    }

    [GeneratedRegex("^/proc/[0-9]+$")]
    private static partial Regex Digits();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
