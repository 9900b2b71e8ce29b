using System.ComponentModel;
using System.Diagnostics;

namespace AppHost.Commands;

/// <summary><c>model check</c>: what the platform would do with a folder. The model server knows, so its program answers; its output is passed through.</summary>
internal static class CheckCommand
{
    public const string Usage = "check DIR [--json]";

    /// <returns>0 when the model would be served, 1 when not, 2 for arguments that are wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var server = ServerProgram();
        if (!File.Exists(server))
        {
            error.WriteLine("The model server is not built yet: run dotnet build AppHost.");
            return 1;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", server, "check", .. args]) { UseShellExecute = false })!;
            // Ctrl+C reaches it too, as it shares the terminal; it ends by itself.
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode is 0 or 2 ? process.ExitCode : 1;
        }
        catch (Win32Exception)
        {
            error.WriteLine("dotnet is not on the PATH.");
            return 1;
        }
    }

    /// <summary>The model server's output for the configuration and framework that this program was built for, whose folders have the same names.</summary>
    internal static string ServerProgram()
    {
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(Path.GetDirectoryName(new Projects.ModelServer().ProjectPath)!, "bin", framework.Parent!.Name, framework.Name, "ModelServer.dll");
    }
}
