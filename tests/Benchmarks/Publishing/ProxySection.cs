using Benchmarks.Load;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Publishing;

/// <summary>The gateway beside proxies that check nothing.</summary>
internal sealed class ProxySection(Measurements measurements) : ISection
{
    private const int Connections = 64;
    private readonly List<ProxyRow> _rows = measurements.Proxies;

    public string Title => "Gateway";

    public bool IsMeasured => _rows.Count > 0;

    public IEnumerable<Claim> Claims()
    {
        string[] rivals = [ProxySystem.Nginx, ProxySystem.BareYarp];
        return rivals.Select(rival => Claim.Of(
            $"forwarding a small request beside {rival}, {Connections} connections", "req/s", moreIsBetter: true, All(ProxySystem.Everything), All(rival), isHeadline: true)).OfType<Claim>();

        IEnumerable<Measured> All(string system) => Measured.All(_rows.Where(r => r.System == system && r.Rates.ContainsKey(Connections)), r => r.System, r => Rounds(r, Connections));
    }

    public IEnumerable<(string File, BarChart Chart)> Charts()
    {
        var bars = (from r in _rows
                    where r.Rates.ContainsKey(Connections)
                    let figure = Figure.Of(Rounds(r, Connections))
                    where figure is not null
                    select new Bar(r.System, figure, SystemKinds.Of(r.System))).ToList();
        return bars.Count == 0 ? [] : [("gateway.svg", new BarChart($"Forwarding a small request, {Connections} connections", "requests a second", bars))];
    }

    public string Tables()
    {
        int[] connections = [.. _rows.SelectMany(r => r.Rates.Keys).Distinct().Order()];
        var table = new MarkdownTable(1, ["system", .. connections.Select(c => $"{c} conn., req/s"), $"p99 ms at {Connections}", "p50 ms at 500/s", "p99 ms at 500/s", "failed"]);
        foreach (var r in _rows)
        {
            table.Add([
                r.System, .. connections.Select(c => Figure.Of(Rounds(r, c))?.ToString()), Figure.Of(Of(r, Connections).Select(w => w.P99))?.ToString(),
                Figure.Of(r.Paced.Select(p => p.P50))?.ToString(), Figure.Of(r.Paced.Select(p => p.P99))?.ToString(), $"{r.Rates.Values.Sum(rounds => rounds.Sum(w => w.Failed))}"]);
        }

        return table.ToString();
    }

    private static IEnumerable<double> Rounds(ProxyRow row, int connections) => Of(row, connections).Select(w => w.RequestsPerSecond);

    private static Wrk[] Of(ProxyRow row, int connections) => row.Rates.GetValueOrDefault(connections, []);
}
