using System.Text.Json;
using Benchmarks.Load;

namespace Benchmarks.Report;

/// <summary>What was measured of proxies, as JSON.</summary>
internal sealed record ProxyReport(RunFacts Run, BenchmarkOptions Options, ProxyRow[] Results, List<Failure> Failures)
{
    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Options.Out)!);
        File.WriteAllText(Options.Out, JsonSerializer.Serialize(this, BenchmarkReport.Format));
    }
}

/// <summary>One way to the stub replica.</summary>
/// <param name="Rates">By connections, what wrk measured in each round.</param>
/// <param name="Paced">Milliseconds at a fixed rate, of each round.</param>
internal sealed record ProxyRow(string System, Dictionary<int, Wrk[]> Rates, PacedLatency[] Paced);

internal sealed record PacedLatency(double P50, double P99);
