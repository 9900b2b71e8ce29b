using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>One of two model servers dies under load.</summary>
public class ReplicaLossTests(ITestOutputHelper output)
{
    private const int Kill = 9;
    private const int Clients = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [NeedsFact(Need.Linux)]
    public async Task Kill_OneOfTwoReplicasUnderLoad_NoClientHangsAndAnswersGoOn()
    {
        using var models = new LinkedModels();
        using var platform = new PlatformProcess("--no-dashboard", "--device", "cpu", "--replicas", "2", "--gateway-port", $"{RunningPlatform.FreePort()}", "--models", models.Path);
        using var client = new HttpClient { BaseAddress = new Uri(await platform.NoticeAsync("Gateway")), Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await platform.NoticeAsync("Token"));
        var victim = PlatformProcess.Holding(models.Path).First(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("ModelServer.dll", StringComparison.Ordinal) && File.ReadAllText($"/proc/{id}/comm").StartsWith("dotnet", StringComparison.Ordinal));

        var answers = new ConcurrentBag<(TimeSpan At, TimeSpan Took, bool Ok)>();
        var clock = Stopwatch.StartNew();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        var load = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => Loop(client, clock, answers, end.Token))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(2));
        var killedAt = clock.Elapsed;
        PlatformProcess.Signal(victim, Kill);
        await Task.WhenAll(load);

        var failed = answers.Where(a => !a.Ok).ToArray();
        var last = failed.Length == 0 ? TimeSpan.Zero : failed.Max(a => a.At) - killedAt;
        output.WriteLine($"{answers.Count} requests, {failed.Length} failed, the last one {last.TotalMilliseconds:F0} ms after the kill; slowest {answers.Max(a => a.Took).TotalMilliseconds:F0} ms");
        Assert.True(answers.Max(a => a.Took) < Longest);
        Assert.True(last < Longest);
        Assert.Contains(answers, a => a.Ok && a.At > killedAt + Longest);
    }

    private static async Task Loop(HttpClient client, Stopwatch clock, ConcurrentBag<(TimeSpan, TimeSpan, bool)> answers, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var start = clock.Elapsed;
            var ok = false;
            try
            {
                using var response = await client.PostAsJsonAsync("/predict", new { text = "A warm, funny and beautifully acted film." }, CancellationToken.None);
                ok = response.IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Counted as failed; how many fail is what this test reports.
            }

            answers.Add((clock.Elapsed, clock.Elapsed - start, ok));
        }
    }
}
