using Benchmarks.Load;
using Benchmarks.Report;

namespace Benchmarks.Publishing;

/// <summary>Classification by every server.</summary>
internal sealed class EncoderSection(Measurements measurements) : ISection
{
    private readonly List<ResultRow> _rows = measurements.Encoders;

    public string Title => "Classification";

    public bool IsMeasured => _rows.Count > 0;

    private int Most => _rows.Max(r => r.Clients);

    private int Fewest => _rows.Min(r => r.Clients);

    private IEnumerable<string> Models => _rows.Select(r => r.Model.Split(' ')[0]).Distinct();

    public IEnumerable<Claim> Claims() => Models.SelectMany(Claims).OfType<Claim>();

    public IEnumerable<(string File, BarChart Chart)> Charts()
        => from model in Models
           let load = $"classification, {model}, {Most} clients"
           let bars = _rows.Where(r => r.Model.StartsWith(model + " ", StringComparison.Ordinal) && r.Load != "mix" && r.Clients == Most)
               .Select(r => (Row: r, Figure: Figure.Of(r.Rounds.Select(m => m.RequestsPerSecond))))
               .Where(r => r.Figure is not null)
               .Select(r => new Bar($"{r.Row.System}, {r.Row.Model.Split(' ')[1]}", r.Figure!, SystemKinds.Of(r.Row.System)))
               .Concat(measurements.Engine.Where(e => e.Model.StartsWith(model + " ", StringComparison.Ordinal) && e.Load != "mix")
                   .Select(e => new Bar($"engine alone, {e.Model.Split(' ')[1]}", Figure.Of([e.SequencesPerSecond])!, BarKind.Limit)))
               .ToList()
           where bars.Count > 0
           select ($"classification-{model}.svg", new BarChart(load, "requests a second", bars));

    public string Tables()
    {
        var results = new MarkdownTable(3, "model", "load", "system", "clients", "req/s", "tokens/s", "p50 ms", "p99 ms", "CPU s / 1,000", "RSS MB", "of the engine", "errors");
        foreach (var r in _rows.OrderBy(r => r.Model).ThenBy(r => r.Load).ThenBy(r => r.Clients))
        {
            var limit = measurements.Engine.FirstOrDefault(e => e.Model == r.Model && e.Load == r.Load)?.TokensPerSecond;
            results.Add(
                r.Model, r.Load, r.System, $"{r.Clients}", Of(r, m => m.RequestsPerSecond), Of(r, m => m.TokensPerSecond), Of(r, m => m.P50), Of(r, m => m.P99),
                Figure.Number(r.Median.CpuPerThousand), $"{r.Median.Rss:0}", limit is { } most ? $"{r.Median.TokensPerSecond / most:0.00}" : "", $"{r.Median.Errors}");
        }

        var engine = new MarkdownTable(3, "model", "load", "the engine's fastest configuration", "tokens/s", "texts/s", "one text alone, p50 ms");
        foreach (var e in measurements.Engine)
            engine.Add(e.Model, e.Load, e.Configuration, Figure.Number(e.TokensPerSecond), Figure.Number(e.SequencesPerSecond), Figure.Number(e.Latency));
        return $"{results}\nThe limit, ONNX Runtime alone with all texts known beforehand:\n\n{engine}";
    }

    private static string? Of(ResultRow row, Func<Measurement, double> column) => Figure.Of(row.Rounds.Select(column))?.ToString();

    private IEnumerable<Claim?> Claims(string model)
    {
        const string perSecond = "req/s";
        var isLarge = model == "distil";
        yield return Of(perSecond, true, m => m.RequestsPerSecond, Most, "server", "fp32", isHeadline: true);
        yield return Of(perSecond, true, m => m.RequestsPerSecond, Most, "gateway", "fp32", isHeadline: isLarge);
        yield return Of(perSecond, true, m => m.RequestsPerSecond, Most, "server", "int8", isHeadline: isLarge);
        yield return Of("p99 ms", false, m => m.P99, Most, "server", "fp32");
        yield return Of("p50 ms", false, m => m.P50, Fewest, "server", "fp32", isHeadline: isLarge);

        // Rivals serve fp32 alone.
        Claim? Of(string unit, bool moreIsBetter, Func<Measurement, double> column, int clients, string system, string precision, bool isHeadline = false)
        {
            var rows = _rows.Where(r => r.Load != "mix" && r.Clients == clients).ToArray();
            var load = $"classification, {model}, {clients} client{(clients == 1 ? "" : "s")}{(precision == "fp32" ? "" : $", ours {precision}, theirs fp32")}";
            return Claim.Of(
                load, unit, moreIsBetter,
                All(rows.Where(r => r.Model == $"{model} {precision}" && r.System == system)),
                All(rows.Where(r => r.Model == $"{model} fp32" && SystemKinds.Of(r.System) == BarKind.Rival)),
                isHeadline);

            IEnumerable<Measured> All(IEnumerable<ResultRow> some) => Measured.All(some, r => r.System, r => r.Rounds.Select(column));
        }
    }
}
