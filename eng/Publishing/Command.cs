using System.Diagnostics;

namespace Publishing;

/// <summary>A program that this one runs to its end.</summary>
internal static class Command
{
    /// <returns>What it wrote on standard output.</returns>
    /// <exception cref="CommandException">It failed.</exception>
    public static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in Quiet) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new CommandException($"{program} {string.Join(' ', arguments)}\nended with {process.ExitCode}.\n{await output}{await error}");
    }

    /// <summary>Nothing is told to anyone, and no server of the build stays behind with the files open.</summary>
    private static readonly (string Name, string Value)[] Quiet =
        [("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE", "1"), ("MSBUILDDISABLENODEREUSE", "1")];
}

internal sealed class CommandException(string message) : Exception(message);
