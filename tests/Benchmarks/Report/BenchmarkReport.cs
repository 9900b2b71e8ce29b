using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Benchmarks.Report;

/// <summary>Everything that was measured, as tables and as JSON.</summary>
internal sealed class BenchmarkReport
{
    internal static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string ThisMachine { get; } = $"{RunFacts.ProcessorName()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, .NET {Environment.Version}";

    public string Machine => ThisMachine;

    public required RunFacts Run { get; init; }

    public required BenchmarkOptions Options { get; init; }

    public List<Failure> Failures { get; } = [];

    public List<EngineRow> Engine { get; } = [];

    /// <summary>Every engine configuration tried, by model and load.</summary>
    public Dictionary<string, List<string>> Sweeps { get; } = [];

    /// <summary>Every FastAPI configuration tried, by model, in requests per second.</summary>
    public Dictionary<string, Dictionary<string, double>> Screening { get; } = [];

    public List<ResultRow> Results { get; } = [];

    public List<TokenizerRow> Tokenizers { get; } = [];

    public TargetRow[] Targets => [.. new Targets(Results, Engine).All()];

    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Options.Out)!);
        File.WriteAllText(Options.Out, JsonSerializer.Serialize(this, Format));
    }

    public void Write(TextWriter output)
    {
        output.WriteLine(Machine);
        output.WriteLine();
        if (Engine.Count > 0) WriteEngine(output);
        foreach (var (model, rates) in Screening) output.WriteLine($"FastAPI, 64 clients, {model}: {string.Join(" · ", rates.Select(r => $"{r.Key} {r.Value:0} req/s"))}");
        if (Results.Count > 0) WriteResults(output);
        if (Tokenizers.Count > 0) WriteTokenizers(output);
        if (Results.Count > 0) WriteTargets(output);
        foreach (var failure in Failures) output.WriteLine($"FAILED: {failure.System}, {failure.What}: {failure.Reason}");
    }

    private void WriteEngine(TextWriter output)
    {
        var table = new TextTable(3, "engine limit", "load", "best of the sweep", "tokens/s", "seq/s", "unpadded tok/s", "B=1 p50 ms");
        foreach (var e in Engine) table.Add(e.Model, e.Load, e.Configuration, $"{e.TokensPerSecond:0}", $"{e.SequencesPerSecond:0.0}", $"{e.TokensPerSecondWithoutPadding:0}", $"{e.Latency:0.00}");
        table.Write(output);
    }

    private void WriteResults(TextWriter output)
    {
        var table = new TextTable(2, "model", "load", "clients", "system", "req/s", "tokens/s", "p50 ms", "p99 ms", "errors", "cpu s/1k", "rss MB", "of engine");
        foreach (var r in Results.OrderBy(r => r.Model).ThenBy(r => r.Load).ThenBy(r => r.Clients))
        {
            var limit = Engine.FirstOrDefault(e => e.Model == r.Model && e.Load == r.Load)?.TokensPerSecond;
            var m = r.Median;
            table.Add(
                r.Model, r.Load, $"{r.Clients}", r.System, $"{m.RequestsPerSecond:0.0}", $"{m.TokensPerSecond:0}", $"{m.P50:0.00}", $"{m.P99:0.0}", $"{m.Errors}",
                $"{m.CpuPerThousand:0.00}", $"{m.Rss:0}", limit is null ? "" : $"{m.TokensPerSecond / limit:0.00}");
        }

        table.Write(output);
    }

    private void WriteTokenizers(TextWriter output)
    {
        var table = new TextTable(1, "tokenizer", "MB/s", "tokens/s", "tokens of the text");
        foreach (var t in Tokenizers) table.Add($"{t.Tokenizer}, {t.System}", $"{t.MegabytesPerSecond:0.0}", $"{t.TokensPerSecond:0}", $"{t.CorpusTokens}");
        table.Write(output);
    }

    private void WriteTargets(TextWriter output)
    {
        var table = new TextTable(1, "target", "wanted", "measured", "");
        foreach (var t in Targets) table.Add(t.Target, t.Wanted, t.Measured is { } m ? $"{m:0.00}" : "-", t.Met switch { true => "met", false => "MISSED", null => "not measured" });
        table.Write(output);
    }
}
