using System.Diagnostics;
using Testing;

namespace AppHost.Tests.OpenAI;

/// <summary>The npm package <c>openai</c>, where <c>install</c> beside this file puts it.</summary>
internal static class NpmClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string Source = Path.Combine(RepositoryPaths.Root, "tests", "AppHost.Tests", "OpenAI");
    private static readonly string Packages = Path.Combine(Cache(), "transformer-platform", "openai-client");

    /// <summary>What this machine lacks to run it, or null.</summary>
    public static string? Missing()
        => !OnPath("node") ? "There is no node on the path."
        : !File.Exists(Path.Combine(Packages, "node_modules", "openai", "package.json")) ? "The npm package openai is not installed: ./test installs it where npm reaches a registry."
        : null;

    /// <summary>Runs one case of <c>client.mjs</c>.</summary>
    /// <returns>What went wrong; empty when it ended well.</returns>
    public static async Task<string> RunAsync(string name, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Source, "client.mjs"), name]) { RedirectStandardError = true };
        start.Environment["PACKAGES"] = Packages;
        foreach (var (key, value) in environment) start.Environment[key] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? "" : $"{name}: {errors}";
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return $"{name}: no end within {Patience}.";
        }
    }

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{program}.exe" : program)));

    private static string Cache() => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}

/// <summary>A test with the npm client; skipped by name where the machine lacks node or the package.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmClientTheoryAttribute : TheoryAttribute
{
    public NpmClientTheoryAttribute() => Skip = NpmClient.Missing();
}
