using Testing;

namespace AppHost.Tests.OpenAI;

/// <summary>The npm package <c>openai</c>, where <c>install</c> beside this file puts it.</summary>
internal static class NpmClient
{
    private static readonly string Source = Path.Combine(RepositoryPaths.Root, "tests", "AppHost.Tests", "OpenAI");
    private static readonly string Packages = Path.Combine(Cache(), "transformer-platform", "openai-client");

    /// <summary>What this machine lacks to run it, or null.</summary>
    public static string? Missing()
        => !Programs.Has("node") ? "There is no node on the path."
        : !File.Exists(Path.Combine(Packages, "node_modules", "openai", "package.json")) ? "The npm package openai is not installed: ./test installs it where npm reaches a registry."
        : null;

    /// <summary>Runs one case of <c>client.mjs</c>.</summary>
    /// <returns>What went wrong; empty when it ended well.</returns>
    public static async Task<string> RunAsync(string name, IReadOnlyDictionary<string, string> environment)
    {
        var settings = new Dictionary<string, string>(environment) { ["PACKAGES"] = Packages };
        var (exitCode, _, errors) = await ChildCommand.RunAsync("node", [Path.Combine(Source, "client.mjs"), name], "", settings);
        return exitCode == 0 ? "" : $"{name}: {errors}";
    }

    /// <summary>Runs a module that imports the package.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunModuleAsync(string module, IReadOnlyDictionary<string, string> environment)
        => ChildCommand.RunAsync("node", ["--input-type=module"], module, environment, Packages);

    private static string Cache() => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}

/// <summary>A test with the npm client; skipped by name where the machine lacks node or the package.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmClientFactAttribute : FactAttribute
{
    public NpmClientFactAttribute() => Skip = NpmClient.Missing();
}

/// <inheritdoc cref="NpmClientFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmClientTheoryAttribute : TheoryAttribute
{
    public NpmClientTheoryAttribute() => Skip = NpmClient.Missing();
}
