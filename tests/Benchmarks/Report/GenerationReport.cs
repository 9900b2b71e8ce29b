using System.Text.Json;
using Benchmarks.Load;

namespace Benchmarks.Report;

/// <summary>Everything that was measured of text generation, as tables and as JSON.</summary>
internal sealed class GenerationReport(BenchmarkOptions options, RunFacts run)
{
    private readonly Dictionary<(string Model, string Load, int Streams, string System), List<StreamMeasurement>> _cells = [];

    public string Machine => BenchmarkReport.ThisMachine;

    public RunFacts Run => run;

    public BenchmarkOptions Options => options;

    /// <summary>Tokens per second of every configuration of the engine that was tried, by model.</summary>
    public Dictionary<string, List<string>> Sweeps { get; } = [];

    /// <summary>By model and system, how many of its first answers begin as the engine's do.</summary>
    public Dictionary<string, string> Agreement { get; } = [];

    /// <summary>By model and system, at how many positions its next token is the engine's in fp32.</summary>
    public Dictionary<string, string> Positions { get; } = [];

    public List<Failure> Failures { get; } = [];

    public GenerationRow[] Results => [.. _cells.Select(c => new GenerationRow(c.Key.Model, c.Key.Load, c.Key.Streams, c.Key.System, StreamMeasurement.MedianOf(c.Value), [.. c.Value]))];

    public TargetRow[] Targets => [.. new GenerationTargets(Results).All()];

    public TargetRow[] Ratios => [.. new GenerationTargets(Results).Ratios()];

    public void Add(string model, string load, int streams, string system, StreamMeasurement measured)
    {
        var key = (model, load, streams, system);
        if (!_cells.TryGetValue(key, out var cell)) _cells[key] = cell = [];
        cell.Add(measured);
    }

    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.Out)!);
        File.WriteAllText(options.Out, JsonSerializer.Serialize(this, BenchmarkReport.Format));
    }

    public void Write(TextWriter output)
    {
        output.WriteLine(Machine);
        output.WriteLine();
        foreach (var (model, tried) in Sweeps) output.WriteLine($"engine, {model}: {string.Join(" · ", tried)}");
        foreach (var (who, same) in Agreement) output.WriteLine($"begins as the engine's: {who}: {same}");
        foreach (var (who, same) in Positions) output.WriteLine($"next tokens as the engine's in fp32: {who}: {same}");
        output.WriteLine();
        WriteResults(output);
        WriteTargets(output, "target", Targets);
        WriteTargets(output, "for comparison", Ratios);
        foreach (var failure in Failures) output.WriteLine($"FAILED: {failure.System}, {failure.What}: {failure.Reason}");
    }

    private void WriteResults(TextWriter output)
    {
        var table = new TextTable(2, "model", "load", "streams", "system", "tokens/s", "first p50 ms", "first p99", "gap p50 ms", "gap p99", "errors", "cpu s/1k", "rss MB", "of engine");
        var results = Results;
        foreach (var r in results.OrderBy(r => r.Model).ThenBy(r => r.Load).ThenBy(r => r.Streams))
        {
            var limit = results.Where(e => e.System == "engine" && e.Model == r.Model && e.Load == r.Load && e.Streams <= r.Streams).MaxBy(e => e.Streams)?.Median.TokensPerSecond;
            var m = r.Median;
            table.Add(
                r.Model, r.Load, $"{r.Streams}", r.System, Cell(m.TokensPerSecond, "0"), Cell(m.FirstP50, "0.0"), Cell(m.FirstP99, "0.0"), Cell(m.GapP50, "0.00"), Cell(m.GapP99, "0.0"),
                $"{m.Errors}", Cell(m.CpuPerThousand, "0.00"), Cell(m.Rss, "0"), Cell(m.TokensPerSecond / limit ?? double.NaN, "0.00"));
        }

        table.Write(output);
    }

    private static void WriteTargets(TextWriter output, string title, TargetRow[] rows)
    {
        var table = new TextTable(1, title, "wanted", "measured", "");
        foreach (var t in rows.Where(t => t.Wanted.Length > 0 || t.Measured is not null))
        {
            var verdict = t switch { { Wanted: "" } => "", { Met: true } => "met", { Met: false } => "MISSED", _ => "not measured" };
            table.Add(t.Target, t.Wanted, t.Measured is { } m ? $"{m:0.00}" : "-", verdict);
        }

        table.Write(output);
    }

    private static string Cell(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}
