using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>One of two model servers stops, pauses or dies under load.</summary>
public class ReplicaLossTests(ITestOutputHelper output)
{
    private const int Kill = 9, Terminate = 15, Continue = 18, Stop = 19;
    private const int Clients = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(2.5);

    [NeedsFact(Need.Linux)]
    public async Task Replica_PausedThenStopped_CostsNoRequest()
    {
        using var models = new LinkedModels();
        using var platform = Start(models);
        using var client = await ConnectAsync(platform);
        var victim = ModelServers(models).First();

        var answers = await UnderLoadAsync(client, async () =>
        {
            PlatformProcess.Signal(victim, Stop);
            await Task.Delay(2 * Phase);
            PlatformProcess.Signal(victim, Continue);
            await Task.Delay(Phase / 2);
            PlatformProcess.Signal(victim, Terminate);
        });

        Report(answers);
        Assert.DoesNotContain(answers, a => a.Failure is not null);
        Assert.True(answers.Max(a => a.Took) < Longest);
    }

    [NeedsFact(Need.Linux)]
    public async Task Replica_Killed_HangsNoClientAndAnswersGoOn()
    {
        using var models = new LinkedModels();
        using var platform = Start(models);
        using var client = await ConnectAsync(platform);
        var victim = ModelServers(models).First();

        var killedAt = 0L;
        var answers = await UnderLoadAsync(client, () =>
        {
            PlatformProcess.Signal(victim, Kill);
            killedAt = Stopwatch.GetTimestamp();
            return Task.CompletedTask;
        });

        Report(answers);
        Assert.True(answers.Max(a => a.Took) < Longest);
        Assert.Contains(answers, a => a.Failure is null && Stopwatch.GetElapsedTime(killedAt, a.At) > Phase / 2);
    }

    private static PlatformProcess Start(LinkedModels models)
        => new("--no-dashboard", "--device", "cpu", "--replicas", "2", "--gateway-port", $"{RunningPlatform.FreePort()}", "--models", models.Path);

    private static async Task<HttpClient> ConnectAsync(PlatformProcess platform)
    {
        var client = new HttpClient { BaseAddress = new Uri(await platform.NoticeAsync("Gateway")), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await platform.NoticeAsync("Token"));
        return client;
    }

    private static IEnumerable<int> ModelServers(LinkedModels models) => PlatformProcess.Holding(models.Path)
        .Where(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("ModelServer.dll", StringComparison.Ordinal) && File.ReadAllText($"/proc/{id}/comm").StartsWith("dotnet", StringComparison.Ordinal));

    /// <summary>Keeps every client busy before, during and after what happens.</summary>
    private static async Task<Answer[]> UnderLoadAsync(HttpClient client, Func<Task> happens)
    {
        var answers = new ConcurrentBag<Answer>();
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, Clients).Select(i => Task.Run(() => AskAsync(client, i, answers, end.Token))).ToArray();
        await Task.Delay(Phase / 3);
        await happens();
        await Task.Delay(Phase);
        await end.CancelAsync();
        await Task.WhenAll(load);
        return [.. answers];
    }

    private static async Task AskAsync(HttpClient client, int number, ConcurrentBag<Answer> answers, CancellationToken end)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            var start = Stopwatch.GetTimestamp();
            string? failure = null;
            try
            {
                // Another text every time, so that the cache does not answer for the engine.
                using var response = await client.PostAsJsonAsync("/predict", new { text = $"Film {number} of night {i} was beautifully acted." }, CancellationToken.None);
                if (!response.IsSuccessStatusCode) failure = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(CancellationToken.None)}";
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                failure = e.Message;
            }

            answers.Add(new(Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(start), failure));
        }
    }

    private void Report(Answer[] answers)
    {
        var failed = answers.Where(a => a.Failure is not null).ToArray();
        output.WriteLine($"{answers.Length} requests, {failed.Length} failed; slowest {answers.Max(a => a.Took).TotalMilliseconds:F0} ms");
        foreach (var why in failed.CountBy(a => a.Failure!)) output.WriteLine($"{why.Value} x {why.Key}");
    }

    /// <param name="At">When it came, as a timestamp.</param>
    /// <param name="Failure">What went wrong, or null.</param>
    private sealed record Answer(long At, TimeSpan Took, string? Failure);
}
