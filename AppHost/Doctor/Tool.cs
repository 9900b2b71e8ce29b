using System.ComponentModel;
using System.Diagnostics;

namespace AppHost.Doctor;

/// <summary>A program of this machine that is asked one thing.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Its output, or null when it is not there, fails or takes too long.</summary>
    public static async Task<ToolAnswer?> AskAsync(string program, string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            });
            if (process is null) return null;
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }
}

internal sealed record ToolAnswer(int ExitCode, string Output, string Error)
{
    /// <summary>What it said first, wherever.</summary>
    public string FirstLine => (Output.Length > 0 ? Output : Error).Split('\n')[0].Trim();
}
