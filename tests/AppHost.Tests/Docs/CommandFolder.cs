using AppHost.Tests.Clients;
using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>A folder in which documented commands run as they are written: the repository's scripts and models are in it, and the platform of the tests is
/// where the documents say that a platform is.</summary>
internal sealed class CommandFolder : IDisposable
{
    // A refusal is a failure, and what listens at port 8080 of this machine is asked nothing.
    private const string Prelude = """
        set -euo pipefail
        curl() { command curl -sS --fail-with-body --connect-to "localhost:8080:localhost:$GATEWAY_PORT" "$@"; }

        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;

    /// <summary>What commands before assigned, such as <c>TOKEN=…</c>.</summary>
    private string _assignments = "";

    public CommandFolder(RunningPlatform platform)
    {
        using var client = platform.CreateClient(null);
        _environment = new() { ["GATEWAY_PORT"] = $"{client.BaseAddress!.Port}", ["Parameters__jwt-signing-key"] = TestTokens.SigningKey };
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "models"), RepositoryPaths.Models);
        Write("start", "exec \"$script\" \"$@\"");
        Write("token", "exec \"$script\" \"$@\"");
        Write("model", "case $1 in check | --help) exec \"$script\" \"$@\" ;; *) exec \"$script\" \"$@\" --gateway-port \"$GATEWAY_PORT\" ;; esac");
    }

    public Task<(int ExitCode, string Output, string Errors)> RunAsync(string command)
    {
        var script = Prelude + _assignments + command + "\n";
        if (command.StartsWith("TOKEN=", StringComparison.Ordinal)) _assignments += command + "\n";
        return ChildCommand.RunAsync("bash", ["-c", script], "", _environment, _folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string body)
    {
        var file = Path.Combine(_folder.Path, name);
        File.WriteAllText(file, $"#!/usr/bin/env bash\nscript='{Path.Combine(RepositoryPaths.Root, name)}'\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
