using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Benchmarks.Load;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>What the gateway costs: the same request to a stub replica directly and through each proxy, in turn.</summary>
internal sealed class ProxyOverhead(ScenarioInputs inputs) : IScenario
{
    private const string Body = """{"text":"one of the funniest and most touching films of the year"}""";
    private const double ModerateRate = 500;
    private const int SoakRequests = 1_000_000;
    private static readonly int[] Connections = [1, 16, 64, 256];
    private readonly BenchmarkOptions _options = inputs.Options;
    private readonly Dictionary<(string System, int Connections), List<Wrk>> _rates = [];
    private readonly Dictionary<string, List<PacedLatency>> _moderate = [];
    private readonly Dictionary<string, double> _allocated = [];
    private readonly List<Failure> _failures = [];

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var run = RunFacts.Capture(_options);
        using var stub = await ProxySystem.StartStubAsync(cancellation);
        var rounds = new RoundLimit(_options.Rounds, _options.Limit);
        while (rounds.TryBegin())
        {
            foreach (var system in ProxySystem.All.Where(s => _failures.All(f => f.System != s.Name) && !(_options.Quick && s.IsVariation && rounds.Current > 1)))
            {
                try
                {
                    await MeasureAsync(system, stub.Endpoint.Port, cancellation);
                }
                catch (Exception e) when (!cancellation.IsCancellationRequested)
                {
                    // The others' figures are still worth having.
                    Console.Error.WriteLine($"  {system.Name} FAILED: {e.Message}");
                    _failures.Add(Failure.Of(system.Name, "proxy", e));
                    _moderate.Remove(system.Name);
                }
            }

            new ProxyReport(run, _options, Rows(), _failures).Save();
        }

        Write();
        Console.Error.WriteLine($"JSON: {_options.Out}");
        if (!_options.Quick) await SoakAsync(stub.Endpoint.Port, cancellation);
        return 0;
    }

    private async Task MeasureAsync(ProxySystem system, int stub, CancellationToken cancellation)
    {
        Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {system.Name}");
        using var server = await system.StartAsync(stub, cancellation);
        var address = new Uri($"http://{server.Endpoint}/predict");
        await Wrk.RunAsync(address, server.Token, Body, 32, WarmUp.Time.TotalSeconds, cancellation);
        foreach (var connections in Connections)
        {
            var allocated = await AllocatedAsync(server, cancellation);
            var measured = await Wrk.RunAsync(address, server.Token, Body, connections, _options.Seconds, cancellation);
            if (connections == 64 && allocated is { } before && await AllocatedAsync(server, cancellation) is { } after)
                _allocated[system.Name] = (after - before) / (measured.RequestsPerSecond * Math.Max(1, (int)_options.Seconds));
            Cell(_rates, (system.Name, connections)).Add(measured);
        }

        var request = RequestSet.Post("/predict", server.Endpoint.ToString(), server.Token, Encoding.UTF8.GetBytes(Body));
        var loop = new OpenLoop(server, new([request], [0]));
        await loop.RunAsync(ModerateRate, _options.Measured, cancellation);
        List<long> ticks = [.. loop.Answers.Where(a => a.Answer.Status == 200 && a.At > 0.5).Select(a => a.Ticks)];
        Cell(_moderate, system.Name).Add(new(Percentiles.Milliseconds(ticks, 0.5), Percentiles.Milliseconds(ticks, 0.99)));
    }

    /// <summary>What was measured to the end.</summary>
    private ProxyRow[] Rows()
        => [.. Measured.Select(s => new ProxyRow(s, Connections.ToDictionary(c => c, c => _rates[(s, c)].ToArray()), [.. _moderate[s]]))];

    private IEnumerable<string> Measured => ProxySystem.All.Select(s => s.Name).Where(_moderate.ContainsKey);

    private void Write()
    {
        var table = new TextTable(1, ["system", .. Connections.Select(c => $"{c} conn, req/s"), "p99 ms at 64", "failed", "p50 / p99 ms at 500/s", "B/request"]);
        foreach (var system in Measured)
        {
            table.Add([
                system, .. Connections.Select(c => $"{Rate(system, c):0}"), $"{Percentiles.Median(_rates[(system, 64)].Select(w => w.P99)):0.00}",
                $"{Connections.Sum(c => _rates[(system, c)].Sum(w => w.Failed))}", $"{Moderate(system).P50:0.00} / {Moderate(system).P99:0.00}",
                _allocated.TryGetValue(system, out var bytes) ? $"{bytes:0}" : "-"]);
        }

        table.Write(Console.Out);
        var targets = new TextTable(1, "target", "wanted", "measured");
        foreach (var (system, wanted) in new[] { (ProxySystem.Checks, 0.70), (ProxySystem.Everything, 0.50) })
        {
            targets.Add($"{system} / bare YARP, req/s at 64", $"≥ {wanted:0.00}", $"{Rate(system, 64) / Rate(ProxySystem.BareYarp, 64):0.00}");
            targets.Add($"{system} / nginx, req/s at 64", "", $"{Rate(system, 64) / Rate(ProxySystem.Nginx, 64):0.00}");
        }

        var (everything, direct) = (Moderate(ProxySystem.Everything), Moderate(ProxySystem.Direct));
        targets.Add("added by everything at 500 req/s, p50 ms", "≤ 0.4", $"{everything.P50 - direct.P50:0.00}");
        targets.Add("added by everything at 500 req/s, p99 ms", "≤ 2", $"{everything.P99 - direct.P99:0.00}");
        targets.Write(Console.Out);
    }

    /// <summary>A million requests through everything: memory must stop growing.</summary>
    private async Task SoakAsync(int stub, CancellationToken cancellation)
    {
        using var server = await ProxySystem.All.Single(s => s.Name == ProxySystem.Everything).StartAsync(stub, cancellation);
        var (sent, memory) = (0d, new List<string>());
        while (sent < SoakRequests)
        {
            var measured = await Wrk.RunAsync(new Uri($"http://{server.Endpoint}/predict"), server.Token, Body, 64, 10, cancellation);
            sent += measured.RequestsPerSecond * 10;
            memory.Add($"{sent / 1000:0}k: {server.ResidentMegabytes():0}");
        }

        Console.Out.WriteLine($"resident MB after requests (gateway and Redis): {string.Join(", ", memory)}");
    }

    /// <summary>NaN where it was not measured.</summary>
    private double Rate(string system, int connections) => Percentiles.Median(_rates.GetValueOrDefault((system, connections), []).Select(w => w.RequestsPerSecond));

    private (double P50, double P99) Moderate(string system)
        => (Percentiles.Median(_moderate.GetValueOrDefault(system, []).Select(m => m.P50)), Percentiles.Median(_moderate.GetValueOrDefault(system, []).Select(m => m.P99)));

    /// <summary>Bytes that the process has allocated so far, as its metrics say; null where it has none.</summary>
    private static async Task<double?> AllocatedAsync(RunningServer server, CancellationToken cancellation)
    {
        if (server.Token is null) return null;
        using var client = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", server.Token) } };
        var text = await client.GetStringAsync(new Uri($"http://{server.Endpoint}/metrics"), cancellation);
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith("dotnet_gc_heap_total_allocated", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    private static List<TValue> Cell<TKey, TValue>(Dictionary<TKey, List<TValue>> cells, TKey key)
        where TKey : notnull
        => cells.TryGetValue(key, out var list) ? list : cells[key] = [];
}
