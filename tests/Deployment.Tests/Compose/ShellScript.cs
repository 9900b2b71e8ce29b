using System.Diagnostics;
using System.Runtime.Versioning;
using Testing;

namespace Deployment.Tests.Compose;

/// <summary>Runs a copy of a script of <c>deploy/compose</c> in a folder of its own.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ShellScript : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("compose-");
    private readonly string _name;

    public ShellScript(string name)
    {
        _name = name;
        File.Copy(Path.Combine(ComposeFiles.Folder, name), PathOf(name));
    }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Adds a program, which is found before the machine's own.</summary>
    public void Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo("sh", [PathOf(_name), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.FullName}:{start.Environment["PATH"]}";
        start.Environment["STATE"] = _folder.FullName;
        start.Environment["COMPOSE"] = PathOf("compose");
        start.Environment["DOCKER"] = PathOf("engine");
        start.Environment["WAIT"] = "2";
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Patience);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await output, await error);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>A test of a shell script, skipped by name where one of the programs is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScriptFactAttribute : FactAttribute
{
    public ScriptFactAttribute(params string[] programs)
    {
        if (OperatingSystem.IsWindows()) Skip = "There is no shell for it.";
        else if (programs.FirstOrDefault(p => !Programs.Has(p)) is { } missing) Skip = $"There is no {missing}.";
    }
}
