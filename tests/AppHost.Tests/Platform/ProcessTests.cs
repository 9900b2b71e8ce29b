using System.Net.Http.Json;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>The platform's processes come and go together.</summary>
public class ProcessTests(ITestOutputHelper output)
{
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(6);

    [NeedsTheory(Need.Linux)]
    [InlineData(PlatformProcess.Interrupt, "process")]
    [InlineData(PlatformProcess.Terminate, "garnet")]
    [InlineData(PlatformProcess.Kill, "garnet")]
    public async Task Host_Ended_LeavesNoProcessAndNoFile(int signal, string cache)
    {
        using var data = new TemporaryFolder();
        using var platform = new PlatformProcess(
            "--device", "cpu", "--replicas", "1", "--gateway-port", $"{RunningPlatform.FreePort()}", "--cache", cache == "process" && !RedisIsHere ? "garnet" : cache, "--Cache:Folder", data.Path);
        await platform.LineAsync("Model  ");
        var running = platform.Processes.Find();
        foreach (var name in new[] { "Gateway", "ModelServer", "dcp", "Aspire.Dashboar" }) Assert.Contains(running, program => program.Name == name);
        Assert.Contains(running, program => program.Name == "redis-server" || program.CommandLine.TrimEnd().EndsWith(" garnet", StringComparison.Ordinal));

        platform.Signal(signal);

        var took = await Eventually.HoldsAsync(() => platform.Processes.Find().Length == 0, () => $"Left: {string.Join('\n', platform.Processes.Find().AsEnumerable())}", GoneWithin * Eventually.Slack);
        output.WriteLine($"Everything was gone after {took.TotalSeconds:F1} s.");
        await platform.WaitForExitAsync(TimeSpan.FromSeconds(10));
        if (signal == PlatformProcess.Kill) return;
        Assert.Equal(0, platform.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(platform.TempFolder));
    }

    [NeedsFact(Need.Linux)]
    public async Task Start_TwoPlatforms_RunSideBySide()
    {
        string[] both = ["--no-dashboard", "--device", "cpu", "--replicas", "1", "--cache", "none", "--gateway-port"];
        using var first = new PlatformProcess([.. both, $"{RunningPlatform.FreePort()}"]);
        using var second = new PlatformProcess([.. both, $"{RunningPlatform.FreePort()}"]);

        foreach (var platform in new[] { first, second })
        {
            using var client = await platform.ConnectAsync();
            using var response = await client.PostAsJsonAsync("/predict", new { text = "fine" });
            Assert.True(response.IsSuccessStatusCode);
        }
    }

    private static bool RedisIsHere => Programs.Has("redis-server");
}
