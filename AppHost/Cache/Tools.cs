using System.Diagnostics;

namespace AppHost.Cache;

/// <summary>What this machine has to run a cache with.</summary>
internal static class Tools
{
    private static readonly TimeSpan RuntimeAnswers = TimeSpan.FromSeconds(5);

    public static bool CanRunRedis => !OperatingSystem.IsWindows() && Find("redis-server") is not null;

    /// <summary>The full path of a program on the PATH, or null.</summary>
    private static string? Find(string program)
    {
        var file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Whether a container engine answers; having its client alone is not enough.</summary>
    public static bool IsContainerRuntimeRunning()
    {
        var configured = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") ?? Environment.GetEnvironmentVariable("DOTNET_ASPIRE_CONTAINER_RUNTIME");
        string[] runtimes = configured is { Length: > 0 } ? [configured] : ["docker", "podman"];
        return runtimes.Select(Find).OfType<string>().Any(Answers);
    }

    private static bool Answers(string runtime)
    {
        using var process = Process.Start(new ProcessStartInfo(runtime, ["info"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(RuntimeAnswers)) return process.ExitCode == 0;
        process.Kill(entireProcessTree: true);
        return false;
    }
}
