using System.Text.Json;
using Benchmarks.Load;
using Benchmarks.Publishing;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Tests.Publishing;

/// <summary>JSON as the scenarios write it, with invented figures: ours wins some comparisons and loses others.</summary>
internal static class SampleResults
{
    public static RunFacts Facts(double busy = 0.01, string commit = "0123456789ab") => new(
        "2026-01-02T03:04:05.0000000Z", commit, IsQuick: true, "Test processor", 2, 24, "Linux test", 0.5, busy, new Dictionary<string, string> { [".NET"] = "10.0.0" });

    public static Measurements Read(RunFacts? facts = null)
    {
        var all = new Measurements();
        foreach (var (name, json) in Json(facts ?? Facts())) all.Add(name, json);
        return all;
    }

    /// <summary>By scenario.</summary>
    public static Dictionary<string, string> Json(RunFacts facts) => new()
    {
        ["classification"] = Classification(facts),
        ["generation"] = Generation(facts),
        ["gateway"] = JsonSerializer.Serialize(Gateway(facts), BenchmarkReport.Format),
    };

    private static string Classification(RunFacts facts)
    {
        var report = new BenchmarkReport { Run = facts, Options = new() };
        report.Engine.Add(new("distil fp32", "sst2", "1 loop", 1000, 40, double.NaN, 20));
        report.Results.AddRange(
        [
            Row("distil fp32", 64, "server", 36, 34, 38), Row("distil fp32", 64, "gateway", 33, 32), Row("distil int8", 64, "server", 100, 101),
            Row("distil fp32", 64, "fastapi w1 t2", 18, 17), Row("distil fp32", 64, "node batch", 12), Row("distil fp32", 1, "server", 30, 31), Row("distil fp32", 1, "node single", 40),
        ]);
        report.Tokenizers.Add(new("gpt2", "ours", 8, 2e6, 1000, [7.5, 8, 8.5]));
        report.Tokenizers.Add(new("gpt2", "Hugging Face's Rust library", 4, 1e6, 1000, [4, 4.5]));
        report.Failures.Add(new("node single", "tiny fp32", "it ended"));
        return JsonSerializer.Serialize(report, BenchmarkReport.Format);
    }

    private static ResultRow Row(string model, int clients, string system, params double[] rates)
    {
        Measurement[] rounds = [.. rates.Select(r => new Measurement(r, 25 * r, 1000 / r, 2000 / r, 0, 1, 20, 400))];
        return new(model, "sst2", clients, system, Measurement.MedianOf(rounds), rounds);
    }

    private static string Generation(RunFacts facts)
    {
        var report = new GenerationReport(new(), facts);
        foreach (var streams in new[] { 1, 16 })
        {
            foreach (var round in new[] { 1.0, 1.02 })
            {
                report.Add("decoder fp32", "mix", streams, "engine", new(80 * streams * round));
                report.Add("decoder fp32", "mix", streams, "server", new(70 * streams * round, 30, 40, 12, 14));
                // Faster than ours with one stream, slower with many.
                report.Add("decoder fp32", "mix", streams, "llama.cpp f32", new(80 * Math.Sqrt(streams) * round, 25, 40, 12, 14));
            }
        }

        report.Positions["decoder fp32, llama.cpp f32"] = "32 of 32";
        return JsonSerializer.Serialize(report, BenchmarkReport.Format);
    }

    private static ProxyReport Gateway(RunFacts facts)
    {
        var rows = new[] { (ProxySystem.Everything, 9000.0), (ProxySystem.BareYarp, 14000), (ProxySystem.Nginx, 15000) }.Select(s => new ProxyRow(
            s.Item1, new() { [1] = [new(s.Item2 / 4, 0.1, 0.2, 0)], [64] = [new(s.Item2, 4, 8, 0), new(s.Item2 * 1.1, 4, 9, 1)] }, [new(0.3, 0.9)]));
        return new(facts, new(), [.. rows], []);
    }
}
