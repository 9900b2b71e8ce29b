using System.Diagnostics;

namespace AppHost.Tests.Clients;

/// <summary>A program that a test runs to its end.</summary>
internal static class ChildCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <param name="input">What it reads from its standard input.</param>
    /// <exception cref="OperationCanceledException">It did not end in time, and was killed.</exception>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, string[] arguments, string input, IReadOnlyDictionary<string, string> environment, string folder = "")
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in environment) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
