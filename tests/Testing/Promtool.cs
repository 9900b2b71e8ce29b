using System.Diagnostics;

namespace Testing;

/// <summary>Prometheus' own checker, where it is installed.</summary>
public static class Promtool
{
    private const string Program = "promtool";

    public static bool IsInstalled { get; } = Programs.Has(Program);

    /// <summary>The exit code and everything printed: nothing for text that is valid and well named.</summary>
    public static Task<(int ExitCode, string Output)> CheckMetricsAsync(string text) => RunAsync(text, "check", "metrics");

    /// <summary>The exit code and everything printed.</summary>
    /// <param name="input">Its standard input.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return (process.ExitCode, await output + await errors);
    }
}
