using System.Net.Http.Json;
using System.Text.Json;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>The platform's processes come and go together.</summary>
public class ProcessTests(ITestOutputHelper output)
{
    /// <summary>A promise to the user, who waits for it at the terminal, and so by the real clock.</summary>
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(6);

    [NeedsTheory(Need.Linux)]
    [InlineData(PlatformProcess.Interrupt)]
    [InlineData(PlatformProcess.Terminate)]
    [InlineData(PlatformProcess.Kill)]
    public async Task Host_Ended_LeavesNoProcessAndNoFile(int signal)
    {
        using var data = new TemporaryFolder();
        await using var platform = Start(PlatformProcess.LocalCache(data));
        await EndAsync(platform, signal);
    }

    [NeedsFact(Need.Linux)]
    public async Task HostWithGarnet_Killed_LeavesNoProcessAndNoFile()
    {
        using var data = new TemporaryFolder();
        await using var platform = Start("--cache", "garnet", "--Cache:Folder", data.Path);
        await EndAsync(platform, PlatformProcess.Kill);
    }

    [NeedsFact(Need.Linux)]
    public async Task Start_TwoPlatforms_RunSideBySide()
    {
        string[] both = ["--no-dashboard", "--device", "cpu", "--replicas", "1", "--cache", "none", "--gateway-port"];
        await using var first = new PlatformProcess([.. both, $"{RunningPlatform.FreePort()}"]);
        await using var second = new PlatformProcess([.. both, $"{RunningPlatform.FreePort()}"]);

        foreach (var platform in new[] { first, second })
        {
            using var client = await platform.ConnectAsync();
            using var response = await client.PostAsJsonAsync("/predict", new { text = "fine" });
            Assert.True(response.IsSuccessStatusCode);
        }
    }

    /// <summary>F5: the services are projects that the IDE runs and debugs.</summary>
    [NeedsFact(Need.Linux)]
    public async Task Start_InAnIde_HandsItTheProjects()
    {
        await using var ide = await FakeIde.StartAsync();
        await using var platform = new PlatformProcess(
            "dotnet",
            [PlatformProcess.Host, "--no-dashboard", "--device", "cpu", "--replicas", "1", "--cache", "none", "--gateway-port", $"{RunningPlatform.FreePort()}"],
            ide.Environment);

        await Eventually.HoldsAsync(() => Handed().Length == 2, () => $"It was handed {string.Join(", ", ide.Sessions)}. Output:\n{platform.Output}");

        Assert.Equal(["Gateway.csproj", "ModelServer.csproj"], Handed());
        Assert.All(ide.Sessions, session => Assert.False(session.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Array && args.GetArrayLength() > 0));
        Assert.DoesNotContain(platform.Processes.Find(), program => program.Name is "Gateway" or "ModelServer");

        string[] Handed() => [.. ide.Sessions.Select(s => Path.GetFileName(s.GetProperty("launch_configurations")[0].GetProperty("project_path").GetString()!)).Distinct().Order(StringComparer.Ordinal)];
    }

    private static PlatformProcess Start(params string[] cache) => new(["--device", "cpu", "--replicas", "1", "--gateway-port", $"{RunningPlatform.FreePort()}", .. cache]);

    private async Task EndAsync(PlatformProcess platform, int signal)
    {
        await platform.LineAsync("Model  ");
        var running = platform.Processes.Find();
        foreach (var name in new[] { "Gateway", "ModelServer", "dcp", "Aspire.Dashboar" }) Assert.Contains(running, program => program.Name == name);
        platform.Processes.FindCache();
        // Each service is a process of its own, with no `dotnet run` beside it.
        Assert.DoesNotContain(running, program => program.CommandLine.Contains(" run ", StringComparison.Ordinal) && program.Name == "dotnet");

        platform.Signal(signal);

        var took = await platform.GoneAsync(GoneWithin * Eventually.Slack);
        output.WriteLine($"Everything was gone after {took.TotalSeconds:F1} s.");
        await platform.WaitForExitAsync();
        // Whoever is killed cannot remove the pipes by which debuggers reach it, and the host was seen not to be the only one.
        var left = Directory.GetFileSystemEntries(platform.TempFolder).Select(file => Path.GetFileName(file)!).Where(file => signal != PlatformProcess.Kill || !IsDebuggersPipe(file));
        Assert.Empty(left);
        if (signal != PlatformProcess.Kill) Assert.Equal(0, platform.ExitCode);
    }

    private static bool IsDebuggersPipe(string file) => file.StartsWith("clr-debug-pipe-", StringComparison.Ordinal) || file.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal);
}
