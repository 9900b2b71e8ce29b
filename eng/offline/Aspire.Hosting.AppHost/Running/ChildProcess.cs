using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Running;

/// <summary>
/// A process that does not outlive this one. On Linux it leads a session and process group of its own, and a watcher in that group
/// holds a pipe from us: when we are gone, however that happened, the pipe closes and the watcher ends the group.
/// The watcher is forked before the program is executed in its place, so there is no moment without one.
/// </summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int Terminate = 15, Kill = 9;

    // The resource keeps the pid of the shell ($$). TERM first, so that it can save what it has; KILL five seconds later.
    private const string Wrapper = """
        exec 3<&0 </dev/null
        ( ( exec >/dev/null 2>&1; trap '' TERM INT HUP
            read -r _ <&3
            kill -TERM -$$
            n=0; while [ $n -lt 50 ] && kill -0 $$; do sleep 0.1; n=$((n+1)); done
            kill -KILL -$$ ) & )
        exec 3<&-
        exec "$@"
        """;

    // bash where there is one: dash drops variables that are no shell names, such as services__modelserver-1__http__0.
    private static readonly Lazy<string> Shell = new(() => Search("bash").FirstOrDefault(File.Exists) ?? "/bin/sh");

    private readonly Process _process;
    private readonly Task _output;

    private ChildProcess(Process process, Action<string, bool> onLine)
    {
        _process = process;
        _output = Task.WhenAll(ReadAsync(process.StandardOutput, false), ReadAsync(process.StandardError, true));

        async Task ReadAsync(StreamReader reader, bool isError)
        {
            while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line) onLine(line, isError);
        }
    }

    public int Id => _process.Id;

    public bool HasExited
    {
        get
        {
            try
            {
                return _process.HasExited;
            }
            catch (InvalidOperationException)
            {
                // It ended by itself and was disposed of while somebody else was about to stop it.
                return true;
            }
        }
    }

    public static ChildProcess Start(string file, IEnumerable<string> args, string workingDirectory, IReadOnlyDictionary<string, string> environment, Action<string, bool> onLine)
    {
        var program = Find(file, workingDirectory);
        var start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("setsid", [Shell.Value, "-c", Wrapper, Shell.Value, program, .. args])
            : new ProcessStartInfo(program, args);
        start.WorkingDirectory = workingDirectory;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        // The host's own launch profile is not its children's.
        foreach (var own in new[] { "ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT" }) start.Environment.Remove(own);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new(Process.Start(start)!, onLine);
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        EndGroup();
        await Task.WhenAny(_output, Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Asks the process to end and, when the token is cancelled first, ends it.</summary>
    public async Task StopAsync(CancellationToken deadline)
    {
        try
        {
            if (OperatingSystem.IsWindows()) _process.Kill(entireProcessTree: true);
            else Signal(Terminate);
            await _process.WaitForExitAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            EndGroup();
        }
        catch (InvalidOperationException)
        {
            // It has exited meanwhile.
        }
    }

    public void Dispose()
    {
        EndGroup();
        _process.Dispose();
    }

    /// <summary>Whoever is left: on Linux the watcher, and anything the process started and did not end.</summary>
    private void EndGroup()
    {
        try
        {
            if (OperatingSystem.IsLinux()) Signal(Kill);
            else if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
        }
    }

    /// <summary>To the group; in the first moment there is none yet, and elsewhere than on Linux never.</summary>
    private void Signal(int signal)
    {
        if ((!OperatingSystem.IsLinux() || SendSignal(-Id, signal) != 0) && !_process.HasExited) _ = SendSignal(Id, signal);
    }

    private static string Find(string file, string workingDirectory)
    {
        if (file.Contains('/') || file.Contains('\\'))
        {
            var path = Path.GetFullPath(file, workingDirectory);
            return File.Exists(path) ? path : throw new DistributedApplicationException($"The program '{path}' does not exist.");
        }

        return Search(file).FirstOrDefault(File.Exists) ?? throw new DistributedApplicationException($"The program '{file}' was not found on the PATH.");
    }

    private static IEnumerable<string> Search(string file)
    {
        string[] extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd", ""] : [""];
        return from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
               from extension in extensions
               select Path.Combine(folder, file + extension);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processOrMinusGroup, int signal);
}
