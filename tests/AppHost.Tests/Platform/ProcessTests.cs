using System.Net.Http.Headers;
using System.Net.Http.Json;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>The platform's processes come and go together.</summary>
public class ProcessTests
{
    private const int Terminate = 15;
    private const int Kill = 9;

    [NeedsTheory(Need.Linux)]
    [InlineData(Terminate)]
    [InlineData(Kill)]
    public async Task Host_Ended_LeavesNoProcess(int signal)
    {
        using var models = new LinkedModels();
        using var platform = new PlatformProcess("--no-dashboard", "--device", "cpu", "--replicas", "1", "--gateway-port", $"{RunningPlatform.FreePort()}", "--models", models.Path);
        await platform.NoticeAsync("Token");
        Assert.NotEmpty(PlatformProcess.Holding(models.Path));

        platform.Signal(signal);

        await platform.WaitForExitAsync(TimeSpan.FromSeconds(10));
        if (signal == Terminate) Assert.Equal(0, platform.ExitCode);
        var end = DateTime.UtcNow.AddSeconds(10);
        while (PlatformProcess.Holding(models.Path).Length > 0 && DateTime.UtcNow < end) await Task.Delay(100);
        Assert.Empty(PlatformProcess.Holding(models.Path));
    }

    [Fact]
    public async Task Start_PortInUse_SaysSoInOneSentence()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        using var platform = new PlatformProcess("--no-dashboard", "--gateway-port", $"{port}");

        await platform.WaitForExitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(2, platform.ExitCode);
        Assert.Contains($"Port {port} is in use", platform.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", platform.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TwoPlatforms_RunSideBySide()
    {
        using var first = new PlatformProcess("--no-dashboard", "--device", "cpu", "--replicas", "1", "--gateway-port", $"{RunningPlatform.FreePort()}");
        using var second = new PlatformProcess("--no-dashboard", "--device", "cpu", "--replicas", "1", "--gateway-port", $"{RunningPlatform.FreePort()}");

        foreach (var platform in new[] { first, second })
        {
            using var client = new HttpClient { BaseAddress = new Uri(await platform.NoticeAsync("Gateway")) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await platform.NoticeAsync("Token"));
            using var response = await client.PostAsJsonAsync("/predict", new { text = "fine" });
            Assert.True(response.IsSuccessStatusCode);
        }
    }
}
