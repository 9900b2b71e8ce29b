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

    /// <summary>Answers that every client has got so far; each waits for one before it asks again.</summary>
    private readonly int[] _answered = new int[Clients];

    [NeedsFact(Need.Linux)]
    public async Task Replica_PausedThenStopped_CostsNoRequest()
    {
        using var data = new TemporaryFolder();
        await using var platform = Start(data);
        using var client = await platform.ConnectAsync();
        var victim = platform.Processes.Find("ModelServer").First().Id;

        var answers = await UnderLoadAsync(client, async () =>
        {
            PlatformProcess.Signal(victim, Stop);
            // A stream that has begun cannot move to the other replica: it waits.
            await AnsweredAsync(number => !IsStream(number), times: 20);
            PlatformProcess.Signal(victim, Continue);
            await AnsweredAsync();
            PlatformProcess.Signal(victim, PlatformProcess.Terminate);
            await GoneAsync(platform, victim);
        });

        Report(answers);
        Assert.DoesNotContain(answers, a => a.Failure is not null || a.IsCut);
        Assert.Contains(answers, a => a.IsStream);
    }

    [NeedsFact(Need.Linux)]
    public async Task RedisAndReplica_Killed_CostNoRequestButTheStreamsOfThatReplica()
    {
        using var data = new TemporaryFolder();
        await using var platform = Start(data);
        using var client = await platform.ConnectAsync();
        var victim = platform.Processes.Find("ModelServer").First().Id;
        var cache = platform.Processes.FindCache();

        var killedAt = 0L;
        var answers = await UnderLoadAsync(client, async () =>
        {
            PlatformProcess.Signal(cache.Id, PlatformProcess.Kill);
            await AnsweredAsync();
            killedAt = Stopwatch.GetTimestamp();
            PlatformProcess.Signal(victim, PlatformProcess.Kill);
            await GoneAsync(platform, victim);
        });

        Report(answers);
        Assert.DoesNotContain(answers, a => a.Failure is not null);
        Assert.All(answers.Where(a => a.IsCut), a => Assert.True(a.At > killedAt));
    }

    private static PlatformProcess Start(TemporaryFolder data)
        => new(["--no-dashboard", "--device", "cpu", "--replicas", "2", .. PlatformProcess.LocalCache(data), "--gateway-port", $"{RunningPlatform.FreePort()}"]);

    /// <summary>Keeps every client busy before, during and after what happens.</summary>
    private async Task<Answer[]> UnderLoadAsync(HttpClient client, Func<Task> happens)
    {
        var answers = new ConcurrentBag<Answer>();
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, Clients).Select(i => Task.Run(() => AskAsync(client, i, answers, end.Token))).ToArray();
        await AnsweredAsync();
        await happens();
        await AnsweredAsync();
        await end.CancelAsync();
        await Task.WhenAll(load);
        return [.. answers];
    }

    private static Task GoneAsync(PlatformProcess platform, int victim) => Eventually.HoldsAsync(() => platform.Processes.Find().All(program => program.Id != victim));

    /// <summary>Waits until each of these clients has asked and been answered since; the first answer may be to what it had asked before.</summary>
    private async Task AnsweredAsync(Func<int, bool>? which = null, int times = 2)
    {
        var before = _answered.ToArray();
        var clients = Enumerable.Range(0, Clients).Where(which ?? (_ => true)).ToArray();
        await Eventually.HoldsAsync(() => clients.All(i => Volatile.Read(ref _answered[i]) >= before[i] + times));
    }

    private static bool IsStream(int number) => number % 4 == 3;

    private async Task AskAsync(HttpClient client, int number, ConcurrentBag<Answer> answers, CancellationToken end)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var (isStream, isCut, failure) = (IsStream(number), false, (string?)null);
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
            Interlocked.Increment(ref _answered[number]);
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
