using System.Net;
using System.Net.Http.Json;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>What a start says, also where not everything works.</summary>
public class StartTests
{
    [NeedsFact(Need.Linux)]
    public async Task Start_NoModels_SaysSoAndGoesOnRunning()
    {
        using var models = new TemporaryFolder();
        await using var platform = Start("--models", models.Path);

        Assert.Contains(models.Path, await platform.LineAsync("No model is ready"), StringComparison.Ordinal);

        using var client = await platform.ConnectAsync();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/alive")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.PostAsJsonAsync("/predict", new { text = "fine" })).StatusCode);
    }

    [NeedsFact(Need.Linux)]
    public async Task Start_OneModelOfTwo_SaysWhyTheOtherIsNotServed()
    {
        using var models = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(models.Path, "broken", "1"));
        File.WriteAllText(Path.Combine(models.Path, "broken", "1", "config.json"), "{}");
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryPaths.Models, "sentiment", "1")))
            File.Copy(file, Path.Combine(Directory.CreateDirectory(Path.Combine(models.Path, "sentiment", "1")).FullName, Path.GetFileName(file)));
        await using var platform = Start("--models", models.Path);

        Assert.StartsWith("sentiment:1  ready  text-classification", (await platform.LineAsync("Model      sentiment"))["Model      ".Length..], StringComparison.Ordinal);
        Assert.StartsWith("broken:1  not served: ", (await platform.LineAsync("Model      broken"))["Model      ".Length..], StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Lines, line => line.StartsWith("No model", StringComparison.Ordinal));
    }

    [NeedsFact(Need.NoGpu)]
    public async Task Start_DeviceThatIsNotThere_SaysWhichServerEndedAndWhy()
    {
        await using var platform = Start("--device", "cuda");

        var line = await platform.LineAsync("Not everything started: modelserver-1");

        Assert.Contains("exit code 3", line, StringComparison.Ordinal);
        Assert.Contains("CUDA", line, StringComparison.OrdinalIgnoreCase);
        await platform.LineAsync("No model is served");
    }

    [NeedsFact(Need.Linux)]
    public async Task Start_ContainerEngineThatCannotPull_TakesTheNextKindOfCache()
    {
        using var programs = new TemporaryFolder();
        FakeEngine.Write(programs.Path, "docker", version: "Docker version 28.2.2", hasImage: false, pulls: false);
        using var data = new TemporaryFolder();
        await using var platform = new PlatformProcess(
            "dotnet", [PlatformProcess.Host, "--no-dashboard", "--device", "cpu", "--replicas", "1", "--gateway-port", $"{RunningPlatform.FreePort()}", "--cache", "auto", "--Cache:Folder", data.Path],
            new() { ["PATH"] = $"{programs.Path}:{Environment.GetEnvironmentVariable("PATH")}", ["ASPIRE_CONTAINER_RUNTIME"] = "docker" });
        await platform.LineAsync("Model  ");

        platform.Processes.FindCache();
        Assert.Contains("pull", File.ReadAllText(Path.Combine(programs.Path, "docker.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortInUse_SaysSoInOneSentence()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await AssertRefusedAsync($"Port {port} is in use; choose another with --gateway-port.", "--gateway-port", $"{port}");
    }

    [Fact]
    public Task Start_WrongValue_SaysSoInOneSentence()
        => AssertRefusedAsync("--replicas (Platform:Replicas) takes a whole number from 1 to 64, not 'abc'.", "--replicas", "abc");

    [Fact]
    public Task Start_UnknownOption_SaysSoInOneSentence() => AssertRefusedAsync("Unknown option --replica. Did you mean --replicas?", "--replica", "4");

    private static async Task AssertRefusedAsync(string sentence, params string[] args)
    {
        await using var platform = new PlatformProcess(args);

        await platform.WaitForExitAsync();

        Assert.Equal(2, platform.ExitCode);
        Assert.Equal(sentence, platform.Output.Trim());
    }

    private static PlatformProcess Start(params string[] args) => new(["--no-dashboard", "--device", "cpu", "--replicas", "1", "--cache", "none", "--gateway-port", $"{RunningPlatform.FreePort()}", .. args]);
}
