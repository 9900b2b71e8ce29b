using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace StandIns.Tests.Aspire;

/// <summary>The fixture's AppHost as a process, in a home folder of its own. What it starts is found by a mark that is inherited, or by having been its child.</summary>
internal sealed partial class AppHostProcess : IDisposable
{
    private const int Sigterm = 15;
    private const string Mark = "STANDINS_RUN";
    private readonly string _mark = $"{Mark}={Guid.NewGuid():N}";
    private readonly ConcurrentQueue<string> _output = new();
    private readonly HashSet<string> _children = [];
    private readonly bool _ownsHome;
    private readonly Process _process;

    public AppHostProcess(string? home = null, params string[] args)
    {
        _ownsHome = home is null;
        Home = home ?? Directory.CreateTempSubdirectory("standins-").FullName;
        var start = new ProcessStartInfo("dotnet", [typeof(Projects.AppHost).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Home };
        start.Environment["HOME"] = Home;
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        start.Environment[Mark] = _mark[(Mark.Length + 1)..];
        start.Environment.Remove("ASPNETCORE_URLS");
        _process = Process.Start(start)!;
        foreach (var reader in new[] { _process.StandardOutput, _process.StandardError })
        {
            _ = Task.Run(async () =>
            {
                while (await reader.ReadLineAsync() is { } line) _output.Enqueue(line);
            });
        }
    }

    public string Home { get; }

    public string Output => string.Join('\n', _output);

    /// <summary>The command lines of everything that runs on behalf of this AppHost, itself included.</summary>
    public string[] Survivors()
    {
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                // Redis writes its title over its environment, so the mark alone would miss it. A zombie has no command line.
                if (File.ReadAllText(Path.Combine(folder, "status")).Contains($"PPid:\t{_process.Id}\n", StringComparison.Ordinal)) _children.Add(folder);
                var command = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ').Trim();
                if (command.Length > 0 && (_children.Contains(folder) || File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains(_mark))) found.Add(command);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is not ours.
            }
        }

        return [.. found];
    }

    public async Task<Match> WaitForOutputAsync(Regex pattern)
    {
        await Eventually.TrueAsync(() => pattern.IsMatch(Output) || _process.HasExited, TimeSpan.FromSeconds(40), () => Output);
        var match = pattern.Match(Output);
        Assert.True(match.Success, Output);
        return match;
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(end.Token);
        return _process.ExitCode;
    }

    public void Terminate() => _ = SendSignal(_process.Id, Sigterm);

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        if (_ownsHome) Directory.Delete(Home, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
