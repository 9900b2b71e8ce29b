using System.Diagnostics;

namespace Benchmarks.Systems;

/// <summary>Runs a program to its end for what it prints.</summary>
internal static class ScriptRun
{
    /// <param name="limit">It is ended after so long.</param>
    /// <exception cref="InvalidOperationException">It could not be started, failed, or took longer.</exception>
    public static string Output(string name, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command, TimeSpan limit)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment) start.Environment[key] = value;
        using var process = Begin(name, start);
        // Both at once: a full pipe would stop it.
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{name} took longer than {limit.TotalSeconds:0} s.");
        }

        return process.ExitCode == 0 ? output.Result : throw new InvalidOperationException($"{name} ended with {process.ExitCode}: {LastLine(errors.Result)}");
    }

    private static Process Begin(string name, ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"{name} is not installed: {e.Message}", e);
        }
    }

    /// <summary>Where Node and Python say what went wrong: the last line that names an error, else the last one.</summary>
    private static string LastLine(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.LastOrDefault(l => l.Contains("Error", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "it said nothing";
    }
}
