using Benchmarks.Load;
using Benchmarks.Report;

namespace Benchmarks.Publishing;

/// <summary>Text generation by our server and by other libraries.</summary>
internal sealed class GenerationSection(Measurements measurements) : ISection
{
    private readonly List<GenerationRow> _rows = measurements.Generation;

    public string Title => "Text generation";

    public bool IsMeasured => _rows.Count > 0;

    private IEnumerable<string> Variants => _rows.Select(r => r.Model).Distinct();

    /// <summary>Streams that all systems can be asked for.</summary>
    private int Many => _rows.Where(r => r.Load == "mix" && SystemKinds.Of(r.System) == BarKind.Limit).Select(r => r.Streams).DefaultIfEmpty(1).Max();

    public IEnumerable<Claim> Claims() => Variants.SelectMany(Claims).OfType<Claim>();

    public IEnumerable<(string File, BarChart Chart)> Charts()
        => from model in Variants.Select(v => v.Split(' ')[0]).Distinct()
           from streams in new[] { 1, Many }.Distinct()
           let bars = (from r in _rows
                       where r.Model.StartsWith(model + " ", StringComparison.Ordinal) && r.Load == "mix" && r.Streams == streams
                       let figure = Figure.Of(r.Rounds.Select(m => m.TokensPerSecond))
                       where figure is not null
                       select new Bar(Label(r), figure, SystemKinds.Of(r.System))).DistinctBy(b => b.Label).ToList()
           where bars.Count > 0
           select ($"generation-{model}-{streams}.svg", new BarChart($"text generation, {model}, {Streams(streams)}", "tokens a second", bars));

    public string Tables()
    {
        var results = new MarkdownTable(3, "model", "load", "system", "streams", "tokens/s", "first token, p50 ms", "gap p50 ms", "gap p99 ms", "CPU s / 1,000", "RSS MB", "errors");
        foreach (var r in _rows.OrderBy(r => r.Model).ThenBy(r => r.Load).ThenBy(r => r.Streams))
        {
            results.Add(
                r.Model, r.Load, r.System, $"{r.Streams}", Of(r, m => m.TokensPerSecond), Of(r, m => m.FirstP50), Of(r, m => m.GapP50), Of(r, m => m.GapP99),
                Figure.Of([r.Median.CpuPerThousand])?.ToString(), Figure.Of([r.Median.Rss]) is { } rss ? $"{rss.Median:0}" : "", $"{r.Median.Errors}");
        }

        if (measurements.Positions.Count == 0) return results.ToString();
        var positions = new MarkdownTable(1, "model, system", "next token as the engine's in fp32");
        foreach (var (who, same) in measurements.Positions) positions.Add(who, same);
        return $"{results}\nWhat rounding costs: at how many positions the most likely next token is that of the engine in fp32.\n\n{positions}";
    }

    private static string? Of(GenerationRow row, Func<StreamMeasurement, double> column) => Figure.Of(row.Rounds.Select(column))?.ToString();

    /// <summary>llama.cpp's types are part of its name; one may stand beside two variants of ours.</summary>
    private static string Label(GenerationRow row) => row.System.StartsWith("llama.cpp", StringComparison.Ordinal) ? row.System : $"{row.System}, {row.Model.Split(' ')[1]}";

    private static string Streams(int count) => $"{count} stream{(count == 1 ? "" : "s")}";

    private IEnumerable<Claim?> Claims(string variant)
    {
        var isLarge = variant.StartsWith("decoder", StringComparison.Ordinal);
        foreach (var streams in new[] { 1, Many }.Distinct())
        {
            // A loop that takes one request after the other gives many the same rate as one.
            yield return Claim.Of(
                $"generation, {variant}, {Streams(streams)}", "tokens/s", moreIsBetter: true,
                All(m => m.TokensPerSecond, r => r.Streams == streams && r.System == "server"),
                All(m => m.TokensPerSecond, r => (r.Streams == streams || r.Streams == 1) && SystemKinds.Of(r.System) == BarKind.Rival),
                isLarge);
        }

        yield return Claim.Of(
            $"first token, {variant}, {Streams(1)}", "p50 ms", moreIsBetter: false,
            All(m => m.FirstP50, r => r.Streams == 1 && r.System == "server"),
            All(m => m.FirstP50, r => r.Streams == 1 && SystemKinds.Of(r.System) == BarKind.Rival),
            isLarge && variant.EndsWith("fp32", StringComparison.Ordinal));

        IEnumerable<Measured> All(Func<StreamMeasurement, double> column, Func<GenerationRow, bool> which)
            => Measured.All(_rows.Where(r => r.Model == variant && r.Load == "mix" && which(r)), r => r.System, r => r.Rounds.Select(column));
    }
}
