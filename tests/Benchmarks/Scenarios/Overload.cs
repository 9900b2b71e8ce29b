using System.Diagnostics;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Ten times what the server can do for 30 seconds: what still gets done, how the rest is refused, what remains afterwards.</summary>
internal sealed class Overload(ScenarioInputs inputs) : IScenario
{
    private const double Factor = 10;
    private static readonly IServedSystem[] Systems = [new DirectServer(), new GatewayPath()];
    private readonly BenchmarkOptions _options = inputs.Options;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        // The larger model: ten times the smaller one's capacity is more than this client can send.
        var variant = inputs.Variants.FirstOrDefault(v => v is { Model: "distil", Precision: "fp32" }) ?? inputs.Variants[0];
        foreach (var system in Systems.Where(s => _options.Only.Contains(s.Name))) await RunAsync(system, variant, cancellation);
        return 0;
    }

    private async Task RunAsync(IServedSystem system, ModelVariant variant, CancellationToken cancellation)
    {
        using var server = await system.StartAsync(variant, cancellation);
        var requests = RequestSet.Predict(inputs.Sentences, server.Endpoint.ToString(), server.Token);
        var peak = await ClosedLoop.RunAsync(server, requests, 64, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), cancellation);
        var calm = await ClosedLoop.RunAsync(server, requests, 1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), cancellation);

        var time = TimeSpan.FromSeconds(_options.Quick ? 10 : 30);
        var deadline = _options.DeadlineMilliseconds > 0 ? $"x-deadline-ms: {_options.DeadlineMilliseconds}" : null;
        var loop = new OpenLoop(server, RequestSet.Predict(inputs.Sentences, server.Endpoint.ToString(), server.Token, deadline));
        var half = 0d;
        var sampling = SampleAsync();
        await loop.RunAsync(Factor * peak.RequestsPerSecond, time, cancellation);
        var recovery = await RecoverAsync(server, requests, Math.Max(50, 3 * calm.P50), cancellation);
        await sampling;
        var rss = server.ResidentMegabytes();

        // The first second fills the queue.
        var good = loop.Answers.Count(a => a.Answer.Status == 200 && a.At >= 1) / (time.TotalSeconds - 1);
        var refused = loop.Answers.Where(a => a.Answer.Status is 503 or 429).ToList();
        List<long> refusals = [.. refused.Select(a => a.Ticks)];
        List<long> served = [.. loop.Answers.Where(a => a.Answer.Status == 200).Select(a => a.Ticks)];
        var table = new TextTable(1, $"overload of {system.Name}, {variant.Name}", "wanted", "measured");
        table.Add("offered, req/s", $"{Factor * peak.RequestsPerSecond:0}", $"{loop.Sent / time.TotalSeconds:0} sent, {loop.Unsent} not sent");
        table.Add("peak, req/s (64 clients)", "", $"{peak.RequestsPerSecond:0.0}");
        table.Add("goodput / peak", "≥ 0.90", $"{good / peak.RequestsPerSecond:0.00}");
        table.Add("answers by status", "", string.Join(" ", loop.Answers.CountBy(a => a.Answer.Status).OrderBy(s => s.Key).Select(s => $"{s.Key}:{s.Value}")));
        table.Add("still waiting at the end", "", $"{loop.HungUp}");
        table.Add("refused share", "", $"{(double)refused.Count / Math.Max(1, loop.Sent):0.00}");
        table.Add("refusal p50 / p99 at the client, ms", "p99 < 50", $"{Percentiles.Milliseconds(refusals, 0.5):0.0} / {Percentiles.Milliseconds(refusals, 0.99):0.0}");
        table.Add("Retry-After, s", "≥ 1", refused.Count == 0 ? "-" : $"{refused.Min(a => a.Answer.RetryAfter)} to {refused.Max(a => a.Answer.RetryAfter)}");
        table.Add("served p50 / p99, ms", "", $"{Percentiles.Milliseconds(served, 0.5):0} / {Percentiles.Milliseconds(served, 0.99):0}");
        table.Add("memory before / half-way / after, MB", "flat", $"{calm.Rss:0} / {half:0} / {rss:0}");
        table.Add("recovery, s", "< 2", $"{recovery:0.00}");
        table.Write(Console.Out);

        async Task SampleAsync()
        {
            await Task.Delay(time / 2, cancellation);
            half = server.ResidentMegabytes();
        }
    }

    /// <summary>Seconds until a lone request is answered in the time it takes when all is calm; 60 at most.</summary>
    private static async Task<double> RecoverAsync(RunningServer server, RequestSet requests, double calmMilliseconds, CancellationToken cancellation)
    {
        using var connection = new HttpConnection(server.Endpoint);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; Stopwatch.GetElapsedTime(begin).TotalSeconds < 60; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var answer = await connection.SendAsync(requests.Requests[i % requests.Requests.Length], cancellation);
            if (answer.Status == 200 && Stopwatch.GetElapsedTime(start).TotalMilliseconds < calmMilliseconds) break;
            await Task.Delay(20, cancellation);
        }

        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
