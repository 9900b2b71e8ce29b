using Benchmarks.Load;

namespace Benchmarks.Report;

/// <summary>What the project promises of text generation, computed from the table's medians.</summary>
internal sealed class GenerationTargets(IReadOnlyList<GenerationRow> rows)
{
    private const int Many = 16;
    private readonly string[] _variants = [.. rows.Select(r => r.Model).Distinct()];

    public IEnumerable<TargetRow> All() =>
    [
        .. Families.Select(f => Least($"{f}: server's decoding, {Many} streams / engine one at a time, best against best", 2.5, Divide(Best(f, "decode", Many, "server"), Best(f, "decode", 1, "engine")))),
        Least($"decoder: server, {Many} streams / PyTorch loop, end to end, best against best", 5, Divide(Best("decoder", "mix", Many, "server"), Best("decoder", "mix", 1, "torch"))),
        .. _variants.Select(v => Least($"{v}: server / engine, {Many} streams, end to end", 0.85, Share(v, Many))),
        .. _variants.Select(v => Least($"{v}: server / engine, 1 stream, end to end", 0.9, Share(v, 1))),
        .. _variants.Select(v => Most($"{v}: time between tokens while long prompts arrive, p99 / p50", 3, Find(v, "arrivals", Many / 2, "server") is { } m ? m.GapP99 / m.GapP50 : null)),
        .. _variants.Where(v => Family(v) == "stories").Select(v => Most($"{v}: first token through the gateway − directly, p50, ms", 3, Find(v, "first", 1, "gateway")?.FirstP50 - Find(v, "first", 1, "server")?.FirstP50)),
    ];

    /// <summary>Figures beside the targets, for which nothing is promised.</summary>
    public IEnumerable<TargetRow> Ratios() =>
    [
        .. _variants.SelectMany(v => new[]
        {
            Quote($"{v}: server's decoding, {Many} streams / engine one at a time, equal precision", Divide(Tokens(v, "decode", Many, "server"), Tokens(v, "decode", 1, "engine"))),
            Quote($"{v}: engine's decoding, {Many} rows / one at a time, equal precision", Divide(Tokens(v, "decode", Many, "engine"), Tokens(v, "decode", 1, "engine"))),
            Quote($"{v}: server, {Many} streams / engine one at a time, end to end, equal precision", Divide(Tokens(v, "mix", Many, "server"), Tokens(v, "mix", 1, "engine"))),
            Quote($"{v}: server / PyTorch loop, {Many} streams, end to end", Divide(Tokens(v, "mix", Many, "server"), Best(Family(v), "mix", 1, "torch"))),
            Quote($"{v}: server / PyTorch loop, 1 stream, end to end", Divide(Tokens(v, "mix", 1, "server"), Best(Family(v), "mix", 1, "torch"))),
            Quote($"{v}: server / Node loop, {Many} streams, end to end", Divide(Tokens(v, "mix", Many, "server"), Best(Family(v), "mix", 1, "node"))),
        }),
        .. Families.Select(f => Quote($"{f}: server, {Many} streams / engine one at a time, end to end, best against best", Divide(Best(f, "mix", Many, "server"), Best(f, "mix", 1, "engine")))),
    ];

    private IEnumerable<string> Families => _variants.Select(Family).Distinct();

    private static string Family(string variant) => variant.Split(' ')[0];

    private double? Share(string variant, int streams) => Divide(Tokens(variant, "mix", streams, "server"), Tokens(variant, "mix", streams, "engine"));

    /// <summary>The most tokens per second of any precision and configuration.</summary>
    private double? Best(string family, string load, int streams, string system)
        => rows.Where(r => Family(r.Model) == family && r.Load == load && r.Streams == streams && r.System.StartsWith(system, StringComparison.Ordinal)).Max(r => (double?)r.Median.TokensPerSecond);

    private double? Tokens(string variant, string load, int streams, string system) => Find(variant, load, streams, system)?.TokensPerSecond;

    private StreamMeasurement? Find(string variant, string load, int streams, string system)
        => rows.FirstOrDefault(r => r.Model == variant && r.Load == load && r.Streams == streams && r.System == system)?.Median;

    private static double? Divide(double? a, double? b) => a is { } x && b is { } y and > 0 && double.IsFinite(x / y) ? x / y : null;

    private static TargetRow Least(string target, double wanted, double? measured) => new(target, $"≥ {wanted:0.00}", measured, measured is null ? null : measured >= wanted);

    private static TargetRow Most(string target, double wanted, double? measured) => new(target, $"≤ {wanted:0.00}", measured, measured is null ? null : measured <= wanted);

    private static TargetRow Quote(string what, double? measured) => new(what, "", measured, null);
}
