using Benchmarks.Engine;
using Benchmarks.Models;
using Benchmarks.Report;

namespace Benchmarks.Scenarios;

/// <summary>What the engine does without a server, with the loops and threads that suit it best; with one row, it is the engine that takes one request after the other.</summary>
internal sealed class DecoderLimit(BenchmarkOptions options, GenerationReport report, GenerationLoads loads)
{
    /// <summary>As many as the model server has by default.</summary>
    public const int Rows = 16;

    /// <summary>Prompt tokens that the model server reads at a time by default.</summary>
    private const int Chunk = 24;

    private readonly Dictionary<(ModelVariant Variant, int Rows), DecoderConfiguration> _best = [];
    private readonly Dictionary<ModelVariant, TimeSpan> _longPrompt = [];

    /// <summary>What the model server takes to read a prompt of the longest kind, about.</summary>
    public TimeSpan LongPrompt(ModelVariant variant) => _longPrompt.GetValueOrDefault(variant, TimeSpan.FromSeconds(0.2));

    public void Measure(ModelVariant variant, ContinuationCheck check)
    {
        if (!_best.ContainsKey((variant, 1))) Sweep(variant);
        foreach (var rows in options.Clients.Where(c => c <= Rows))
        {
            using var engine = Open(variant, rows);
            if (options.Loads.Contains("mix")) report.Add(variant.Name, "mix", rows, "engine", engine.Serve(rows, loads.Mix, 2 * options.Measured));
            if (rows == 1) check.Expect(variant, engine.First);
            if (options.Loads is not ["mix"]) MeasureParts(variant, rows, engine);
        }
    }

    /// <summary>Decoding and reading prompts apart.</summary>
    private void MeasureParts(ModelVariant variant, int rows, RawLoops engine)
    {
        var decoded = engine.Decode(rows, loads.Decode, options.Measured);
        report.Add(variant.Name, "decode", rows, "engine", new(decoded));
        var read = engine.First.Prefill(loads.Long, Chunk, options.Measured / 2);
        // Between two chunks the streams get a token each.
        _longPrompt[variant] = TimeSpan.FromSeconds((RawDecoder.LongestPrompt / read) + (RawDecoder.LongestPrompt / Chunk * rows / decoded));
        if (rows > 1) return;
        report.Add(variant.Name, "prefill", 1, $"engine, {Chunk} a run", new(read));
        report.Add(variant.Name, "prefill", 1, $"engine, {RawDecoder.LongestPrompt} a run", new(engine.First.Prefill(loads.Long, RawDecoder.LongestPrompt, options.Measured / 2)));
    }

    private void Sweep(ModelVariant variant)
    {
        var tried = new List<(DecoderConfiguration Configuration, int Rows, double Rate)>();
        foreach (var configuration in DecoderConfiguration.All)
        {
            using var engine = new RawLoops(variant, configuration, Rows, DecoderStore.Window(variant));
            foreach (var rows in (int[])[1, Rows]) tried.Add((configuration, rows, engine.Decode(rows, loads.Short, TimeSpan.FromSeconds(options.Quick ? 0.5 : 2))));
        }

        foreach (var rows in (int[])[1, Rows]) _best[(variant, rows)] = tried.Where(t => t.Rows == rows).MaxBy(t => t.Rate).Configuration;
        report.Sweeps[variant.Name] = [.. tried.Select(t => $"{t.Configuration}, {t.Rows} row{(t.Rows == 1 ? "" : "s")}: {t.Rate:0}")];
    }

    private RawLoops Open(ModelVariant variant, int rows) => new(variant, _best[(variant, rows == 1 ? 1 : Rows)], Rows, DecoderStore.Window(variant));
}
