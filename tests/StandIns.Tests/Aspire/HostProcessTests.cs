using System.Text.Json;
using System.Text.RegularExpressions;

namespace StandIns.Tests.Aspire;

/// <summary>The AppHost as users run it: what it keeps, what it writes, and what is left of it.</summary>
public partial class HostProcessTests
{
    [GeneratedRegex("Login to the dashboard at (http://localhost:\\d+/login\\?t=[0-9a-f]+)")]
    public static partial Regex Login { get; }

    [GeneratedRegex("Running without the dashboard: it exited with code 1")]
    private static partial Regex WithoutDashboard { get; }

    [Fact]
    public async Task Terminate_WithTheDashboard_LeavesNoProcess()
    {
        using var host = new AppHostProcess();
        await host.WaitForOutputAsync(Login);
        await Eventually.TrueAsync(() => host.Survivors().Count(IsService) == 2, TimeSpan.FromSeconds(20), () => host.Output);

        host.Terminate();
        await host.WaitForExitAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(host.Survivors());
    }

    [Fact]
    public async Task Kill_WithTheDashboard_LeavesNoProcessEither()
    {
        using var host = new AppHostProcess();
        await host.WaitForOutputAsync(Login);
        await Eventually.TrueAsync(() => host.Survivors() is var all && all.Count(IsService) == 2 && all.Any(p => p.StartsWith("redis-server", StringComparison.Ordinal)), TimeSpan.FromSeconds(20), () => host.Output);
        Assert.DoesNotContain(host.Survivors(), p => p.Contains("requirepass", StringComparison.Ordinal));

        host.Kill();

        await Eventually.TrueAsync(() => host.Survivors().Length == 0, TimeSpan.FromSeconds(10), () => string.Join('\n', host.Survivors()));
    }

    [Fact]
    public async Task GeneratedParameter_OfTheFirstRun_IsThatOfTheSecond()
    {
        using var first = new AppHostProcess(null, "--no-dashboard");
        var secrets = await SecretsAsync(first);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SecretsFile(first)));
        Assert.Equal(64, JsonDocument.Parse(secrets).RootElement.GetProperty("Parameters:signing-key").GetString()!.Length);

        using var second = new AppHostProcess(first.Home, "--no-dashboard");
        await Eventually.TrueAsync(() => second.Survivors().Count(IsService) == 2, TimeSpan.FromSeconds(20), () => second.Output);

        Assert.Equal(secrets, await SecretsAsync(second));
        foreach (var host in new[] { first, second }) host.Terminate();
        foreach (var host in new[] { first, second }) await host.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Dashboard_ThatFails_CostsOneLineAndNothingElse()
    {
        using var host = new AppHostProcess(null, "--ASPIRE_DASHBOARD_PATH=/bin/false");

        await host.WaitForOutputAsync(WithoutDashboard);
        await Eventually.TrueAsync(() => host.Survivors().Count(IsService) == 2, TimeSpan.FromSeconds(20), () => host.Output);

        host.Terminate();
        await host.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Not what watches over it, which has the same arguments after its own.</summary>
    internal static bool IsService(string commandLine) => commandLine.Contains("Service.dll", StringComparison.Ordinal) && !commandLine.Contains(" -c ", StringComparison.Ordinal);

    private static string SecretsFile(AppHostProcess host) => Directory.EnumerateFiles(host.Home, "secrets.json", SearchOption.AllDirectories).Single();

    private static async Task<string> SecretsAsync(AppHostProcess host)
    {
        await Eventually.TrueAsync(() => Directory.EnumerateFiles(host.Home, "secrets.json", SearchOption.AllDirectories).Any(f => File.ReadAllText(f).Contains("signing-key") && File.ReadAllText(f).Contains("cache-password")), TimeSpan.FromSeconds(20), () => host.Output);
        return await File.ReadAllTextAsync(SecretsFile(host));
    }
}
