using Benchmarks.Load;

namespace Benchmarks.Report;

/// <summary>What the project promises, computed from the table's medians.</summary>
internal sealed class Targets(IReadOnlyList<ResultRow> rows, IReadOnlyList<EngineRow> engine)
{
    private const int Clients = 64;
    private readonly string _sentences = engine.Select(e => e.Load).Concat(rows.Select(r => r.Load)).FirstOrDefault(l => l != "mix") ?? "sst2";

    public IEnumerable<TargetRow> All() =>
    [
        .. Engine("distil fp32", "server", 0.90),
        .. Engine("distil fp32", "gateway", 0.85),
        .. Rival("distil", 1.8),
        .. Rival("tiny", 2.5),
        Most("mix at most 1.15 × the padding-free cost (distil fp32, server)", 1.15, Divide(Raw("distil fp32", "mix")?.TokensPerSecondWithoutPadding, Find("distil fp32", "mix", "server")?.TokensPerSecond)),
        Most("p50 above the engine's own, 1 client (distil fp32, server), ms", 1, Lone("distil fp32")),
        Most("p50 above the engine's own, 1 client (tiny fp32, server), ms", 1, Lone("tiny fp32")),
    ];

    private IEnumerable<TargetRow> Engine(string model, string system, double wanted)
        => ((string[])[_sentences, "mix"]).Select(load => Least(
            $"{system} / engine, tokens/s ({model}, {load}, {Clients} clients)", wanted, Divide(Find(model, load, system)?.TokensPerSecond, Raw(model, load)?.TokensPerSecond)));

    private IEnumerable<TargetRow> Rival(string model, double wanted)
    {
        var rival = rows.Where(r => r.Model == $"{model} fp32" && r.Load == _sentences && r.Clients == Clients && r.System.StartsWith("fastapi", StringComparison.Ordinal))
            .MaxBy(r => r.Median.RequestsPerSecond)?.Median;
        foreach (var system in (string[])["server", "gateway"])
        {
            var (plain, small) = (Find($"{model} fp32", _sentences, system), Find($"{model} int8", _sentences, system));
            var best = small?.RequestsPerSecond > (plain?.RequestsPerSecond ?? 0) ? small : plain;
            yield return Least($"{system} fp32 / FastAPI, req/s ({model})", wanted, Divide(plain?.RequestsPerSecond, rival?.RequestsPerSecond));
            yield return Least($"{system} best / FastAPI, req/s ({model})", 5, Divide(best?.RequestsPerSecond, rival?.RequestsPerSecond));
            yield return Most($"{system} fp32 p99 / FastAPI p99 ({model})", 0.5, Divide(plain?.P99, rival?.P99));
        }
    }

    private double? Lone(string model) => Find(model, _sentences, "server", clients: 1)?.P50 - Raw(model, _sentences)?.Latency;

    private Measurement? Find(string model, string load, string system, int clients = Clients)
        => rows.FirstOrDefault(r => r.Model == model && r.Load == load && r.System == system && r.Clients == clients)?.Median;

    private EngineRow? Raw(string model, string load) => engine.FirstOrDefault(e => e.Model == model && e.Load == load);

    private static double? Divide(double? a, double? b) => a is { } x && b is { } y and > 0 && double.IsFinite(x / y) ? x / y : null;

    private static TargetRow Least(string target, double wanted, double? measured) => new(target, $"≥ {wanted:0.00}", measured, measured is null ? null : measured >= wanted);

    private static TargetRow Most(string target, double wanted, double? measured) => new(target, $"≤ {wanted:0.00}", measured, measured is null ? null : measured <= wanted);
}
