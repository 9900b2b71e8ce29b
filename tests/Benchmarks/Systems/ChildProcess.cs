using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Benchmarks.Systems;

/// <summary>What a process can be told, by the numbers that Linux gives it.</summary>
internal enum ChildSignal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>A process that the harness started and will stop, with whatever it started itself; its output goes to a file.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(8);
    private readonly Process _process;

    private ChildProcess(Process process, string log) => (_process, Log) = (process, log);

    public string Log { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Once it has.</summary>
    public int ExitCode => _process.ExitCode;

    public static ChildProcess Start(string name, string folder, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var log = Path.Combine(BenchmarkPaths.Logs, $"{name}-{DateTime.UtcNow:HHmmss.fff}.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        // Not through a shell: it would drop variables with a hyphen in their name.
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var inherited in start.Environment.Keys.Where(IsHarness).ToArray()) start.Environment.Remove(inherited);
        foreach (var (key, value) in environment) start.Environment[key] = value;
        var process = Process.Start(start)!;
        var writer = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, log);
    }

    /// <summary>The process and its descendants.</summary>
    public IEnumerable<int> Family()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && ReadStat(id) is { } fields) parents[id] = int.Parse(fields[1]);
        }

        return parents.Keys.Where(id => Ancestors(id, parents).Contains(_process.Id));
    }

    /// <summary>The fields of <c>/proc/pid/stat</c> after the name, or null when the process is gone.</summary>
    public static string[]? ReadStat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Of this process alone; 0 once it is gone.</summary>
    public double ResidentMegabytes()
        => ReadStat(_process.Id) is { } fields ? double.Parse(fields[21], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize / (1 << 20) : 0;

    public void Send(ChildSignal signal) => _ = Kill(_process.Id, (int)signal);

    public Task WaitForExitAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>SIGTERM, then, for one that does not listen, SIGKILL to it and its children.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Send(ChildSignal.Terminate);
            if (!_process.WaitForExit(StopPatience)) _process.Kill(entireProcessTree: true);
            _process.WaitForExit(StopPatience);
        }

        _process.Dispose();
    }

    public string Tail()
    {
        var lines = File.Exists(Log) ? File.ReadAllLines(Log) : [];
        return string.Join('\n', lines.TakeLast(15));
    }

    private static bool IsHarness(string name)
        => name.StartsWith("DOTNET_SYSTEM_NET_SOCKETS", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal);

    private static IEnumerable<int> Ancestors(int id, Dictionary<int, int> parents)
    {
        for (var at = id; at > 1; at = parents.GetValueOrDefault(at)) yield return at;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);
}
