using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>One of two model servers, or Redis, stops, pauses or dies under load. Every fourth client reads streams.</summary>
public class ReplicaLossTests(ITestOutputHelper output)
{
    private const int Continue = 18, Stop = 19;
    private const int Clients = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(2.5);

    [NeedsFact(Need.Linux)]
    public async Task Replica_PausedThenStopped_CostsNoRequest()
    {
        using var data = new TemporaryFolder();
        using var platform = Start(data);
        using var client = await platform.ConnectAsync();
        var victim = platform.Processes.Find("ModelServer").First().Id;

        var answers = await UnderLoadAsync(client, async () =>
        {
            PlatformProcess.Signal(victim, Stop);
            await Task.Delay(2 * Phase);
            PlatformProcess.Signal(victim, Continue);
            await Task.Delay(Phase / 2);
            PlatformProcess.Signal(victim, PlatformProcess.Terminate);
        });

        Report(answers);
        Assert.DoesNotContain(answers, a => a.Failure is not null || a.IsCut);
        Assert.Contains(answers, a => a.IsStream);
        Assert.True(answers.Max(a => a.Took) < Longest);
    }

    [NeedsFact(Need.Linux)]
    public async Task RedisAndReplica_Killed_CostNoRequestButTheStreamsOfThatReplica()
    {
        using var data = new TemporaryFolder();
        using var platform = Start(data);
        using var client = await platform.ConnectAsync();
        var victim = platform.Processes.Find("ModelServer").First().Id;
        var cache = platform.Processes.FindCache();

        var killedAt = 0L;
        var answers = await UnderLoadAsync(client, async () =>
        {
            PlatformProcess.Signal(cache.Id, PlatformProcess.Kill);
            await Task.Delay(Phase / 2);
            PlatformProcess.Signal(victim, PlatformProcess.Kill);
            killedAt = Stopwatch.GetTimestamp();
        });

        Report(answers);
        Assert.DoesNotContain(answers, a => a.Failure is not null);
        Assert.All(answers.Where(a => a.IsCut), a => Assert.True(a.At > killedAt));
        Assert.True(answers.Max(a => a.Took) < Longest);
        Assert.Contains(answers, a => a.Failure is null && Stopwatch.GetElapsedTime(killedAt, a.At) > Phase / 2);
    }

    private static PlatformProcess Start(TemporaryFolder data)
        => new(["--no-dashboard", "--device", "cpu", "--replicas", "2", .. PlatformProcess.LocalCache(data), "--gateway-port", $"{RunningPlatform.FreePort()}"]);

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
            var (isStream, isCut, failure) = (number % 4 == 3, false, (string?)null);
            try
            {
                // Another text every time, so that the cache does not answer for the engine.
                var text = $"Film {number} of night {i} was beautifully acted.";
                using var response = isStream
                    ? await client.PostAsJsonAsync("/v1/completions", new { prompt = text, max_tokens = 32, ignore_eos = true, stream = true }, CancellationToken.None)
                    : await client.PostAsJsonAsync("/predict", new { text }, CancellationToken.None);
                var body = await response.Content.ReadAsStringAsync(CancellationToken.None);
                isCut = isStream && EndsWithAnError(body);
                if (!response.IsSuccessStatusCode || (isStream && !isCut && !body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal))) failure = $"{(int)response.StatusCode} {body}";
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                failure = e.Message;
            }

            answers.Add(new(Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(start), failure, isStream, isCut));
        }
    }

    private static bool EndsWithAnError(string events) => events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries) is [.., var last] && last.StartsWith("data: {\"error\":", StringComparison.Ordinal);

    private void Report(Answer[] answers)
    {
        var failed = answers.Where(a => a.Failure is not null).ToArray();
        output.WriteLine($"{answers.Length} requests, {answers.Count(a => a.IsStream)} of them streams, {answers.Count(a => a.IsCut)} of these cut; {failed.Length} failed; slowest {answers.Max(a => a.Took).TotalMilliseconds:F0} ms");
        foreach (var why in failed.CountBy(a => a.Failure!)) output.WriteLine($"{why.Value} x {why.Key}");
    }

    /// <param name="At">When it came, as a timestamp.</param>
    /// <param name="Failure">What went wrong, or null.</param>
    /// <param name="IsCut">Whether it is a stream whose last event was an error.</param>
    private sealed record Answer(long At, TimeSpan Took, string? Failure, bool IsStream, bool IsCut);
}
