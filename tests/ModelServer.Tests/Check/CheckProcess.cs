using System.Diagnostics;
using Testing;

namespace ModelServer.Tests.Check;

/// <summary>The model server's program, asked for a check.</summary>
internal static class CheckProcess
{
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] args)
    {
        string[] command = ["exec", Path.Combine(AppContext.BaseDirectory, "ModelServer.dll"), "check", .. args];
        using var process = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var limit = new CancellationTokenSource(Eventually.Limit);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output);
    }
}
