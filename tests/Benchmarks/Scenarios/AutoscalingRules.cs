using System.Diagnostics;
using Benchmarks.Autoscaling;
using Benchmarks.Load;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Which rule a deployment should scale its model servers by: a simulation of many under traffic of many shapes. Without <c>--quick</c> the encoder's
/// figures are measured on this machine first, else they are those of the README.</summary>
internal sealed class AutoscalingRules(ScenarioInputs inputs) : IScenario
{
    /// <summary>What lies between the decision for a replica and the start of its process, and between its first ready answer and its first request: scheduling, an image
    /// that the node has, the container, probes and discovery. Seconds.</summary>
    private const double OrchestratorTime = 20;

    /// <summary>Requests of 8 to 256 tokens, every length as likely, take times that vary so: (256 − 8) / √12 / 132.</summary>
    private const double LengthVariation = 0.54;

    /// <summary>A latency of so many mean service times is late.</summary>
    private const double LateAfter = 10;

    private static readonly string Recorded = Path.Combine(BenchmarkPaths.Source, "Autoscaling", "traces", "office-day.csv");

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        foreach (var profile in new[] { await EncoderAsync(cancellation), Generator() })
        {
            var comparison = RuleComparison.Run(
                profile, Traffics(profile), ScalingRule.All, new() { LateAfter = LateAfter * profile.MeanServiceTime }, cancellation);
            Write(profile, comparison);
        }

        return 0;
    }

    /// <summary>DistilBERT's size in fp32 on two cores, the mix of lengths.</summary>
    private async Task<ReplicaProfile> EncoderAsync(CancellationToken cancellation)
    {
        if (inputs.Options.Quick) return ReplicaProfile.Encoder(workers: 2, meanServiceTime: 2 / 17.6, LengthVariation, OrchestratorTime + 5);
        var variant = inputs.Variants.First(v => v is { Model: "distil", Precision: "fp32" });
        var started = Stopwatch.GetTimestamp();
        using var server = await new DirectServer().StartAsync(variant, cancellation);
        var loading = Stopwatch.GetElapsedTime(started);
        var requests = RequestSet.Predict(inputs.Corpora[^1], server.Endpoint.ToString(), server.Token);
        var measured = await ClosedLoop.RunAsync(server, requests, 64, TimeSpan.FromSeconds(5), inputs.Options.Measured, cancellation, hangUp: true);
        var workers = Environment.ProcessorCount;
        Console.WriteLine($"measured: {variant.Name} starts within {loading.TotalSeconds:0.0} s and answers {measured.RequestsPerSecond:0.0} requests a second on {workers} cores");
        return ReplicaProfile.Encoder(workers, workers / measured.RequestsPerSecond, LengthVariation, OrchestratorTime + loading.TotalSeconds);
    }

    /// <summary>125 M parameters as q4 on two cores: 966 tokens a second in 16 rows, answers of 128 tokens.</summary>
    private static ReplicaProfile Generator() => ReplicaProfile.Generator(rows: 16, meanServiceTime: 16 * 128 / 966d, variation: 0.5, OrchestratorTime + 10);

    private TrafficTrace[] Traffics(ReplicaProfile profile)
    {
        if (inputs.Options.Trace is { Length: > 0 } own) return [TrafficTrace.Read(own)];
        var one = profile.Capacity;
        return
        [
            SyntheticTraffic.Steady(3 * one), SyntheticTraffic.Diurnal(0.3 * one, 6 * one), SyntheticTraffic.Step(one, 5 * one),
            SyntheticTraffic.FlashCrowd(0.6 * one, 6 * one), SyntheticTraffic.OnOff(0.3 * one, 4 * one), SyntheticTraffic.Idle(2 * one),
            TrafficTrace.Read(Recorded).WithPeak(6 * one),
        ];
    }

    private static void Write(ReplicaProfile profile, RuleComparison comparison)
    {
        Console.WriteLine($"{profile.Name}: {profile.Workers} at a time, {profile.MeanServiceTime * 1000:0} ms each, {profile.Capacity:0.0} requests/s, a new replica serves after {profile.StartTime:0} s; late: beyond {LateAfter * profile.MeanServiceTime:0.0} s");
        Console.WriteLine();
        var table = new TextTable(2, "traffic", "rule", "replica-hours", "most", "changes", "p50 ms", "p99 ms", "refused %", "late %");
        foreach (var (rule, traffic, r) in comparison.Runs)
        {
            table.Add(
                traffic.Name, rule.Name, $"{r.ReplicaHours:0.0}", $"{r.Most}", $"{r.Changes}", $"{r.P50 * 1000:0}", $"{r.P99 * 1000:0}", $"{r.RefusedShare * 100:0.00}",
                $"{(r.FailedShare - r.RefusedShare) * 100:0.00}");
        }

        table.Write(Console.Out);
        var totals = new TextTable(1, "all traffics", "replica-hours", "changes", "failed %, mean", "failed %, worst");
        foreach (var t in comparison.Totals) totals.Add(t.Rule.Name, $"{t.ReplicaHours:0.0}", $"{t.Changes}", $"{t.Failed * 100:0.00}", $"{t.WorstFailed * 100:0.00}");
        totals.Write(Console.Out);
        Console.WriteLine($"Recommended for {profile.Name}: {comparison.Recommended.Rule.Name}. Of the rules that fail at most {RuleComparison.Slack * 100:0.0} % more requests than the best one it is the cheapest.");
        Console.WriteLine();
    }
}
