using System.Diagnostics;
using Testing;

namespace Deployment.Tests.Compose;

/// <summary>What Compose itself says to the files, where there is one.</summary>
public class ComposeConfigTests
{
    [ComposeTheory]
    [InlineData("compose.yaml")]
    [InlineData("compose.yaml", "compose.cuda.yaml")]
    [InlineData("compose.yaml", "compose.oidc.yaml")]
    [InlineData("compose.yaml", "compose.tls.yaml")]
    [InlineData("compose.yaml", "compose.cuda.yaml", "compose.oidc.yaml", "compose.tls.yaml")]
    public async Task Files_AreValid(params string[] files)
    {
        string[] args = [.. files.SelectMany(f => (string[])["-f", Path.Combine(ComposeFiles.Folder, f)]), "--profile", "*", "config", "--quiet"];
        var start = ComposeTheoryAttribute.Command(args);
        start.RedirectStandardError = true;
        start.Environment["OIDC_AUTHORITY"] = "https://login.invalid";
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
    }
}

/// <summary>A test with <c>docker-compose</c>, or the plugin of <c>docker</c>; skipped by name where there is neither.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComposeTheoryAttribute : TheoryAttribute
{
    private static readonly bool IsProgram = Programs.Has("docker-compose");

    public ComposeTheoryAttribute()
    {
        if (!IsProgram && !IsPlugin()) Skip = "There is no Compose.";
    }

    internal static ProcessStartInfo Command(string[] args) => IsProgram ? new("docker-compose", args) : new("docker", ["compose", .. args]);

    private static bool IsPlugin()
    {
        if (!Programs.Has("docker")) return false;
        using var process = Process.Start(new ProcessStartInfo("docker", ["compose", "version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
