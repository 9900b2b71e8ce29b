using System.Diagnostics;
using Benchmarks.Corpus;
using Benchmarks.Engine;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Measures every system on every model and load, one at a time, in rounds, so that a change of the machine's mood hits all.</summary>
internal sealed class ComparisonTable(BenchmarkOptions options, BenchmarkReport report, IReadOnlyList<ModelVariant> variants, IReadOnlyList<TextCorpus> corpora)
{
    private readonly AnswerCheck _answers = new();
    private readonly Dictionary<(string Model, string Load, int Clients, string System), List<Measurement>> _cells = [];
    private readonly Dictionary<(string Model, string Load), EngineConfiguration> _best = [];
    private readonly Dictionary<(string Model, string Load), List<(EngineRate Rate, double Free, double Latency)>> _engine = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var rounds = new RoundLimit(options.Rounds, options.Limit);
        if (Wants("engine")) Sweep();
        var systems = await ChooseSystemsAsync(cancellation);
        while (rounds.TryBegin())
        {
            foreach (var variant in variants)
            {
                Say($"round {rounds.Current}/{options.Rounds}: {variant.Name}");
                cancellation.ThrowIfCancellationRequested();
                if (Wants("engine")) MeasureEngine(variant);
                foreach (var system in systems.Where(s => s.Model is null || s.Model == variant.Model).Select(s => s.System).Where(s => s.Serves(variant) && !(options.Quick && rounds.Current > 1 && s is NodeServer)))
                {
                    try
                    {
                        await MeasureAsync(system, variant, cancellation);
                    }
                    catch (Exception e) when (!cancellation.IsCancellationRequested)
                    {
                        Fail(system, variant, e);
                    }
                }
            }

            // What there is so far is worth having if the next round is interrupted.
            Fill();
            report.Save();
        }
    }

    private bool Wants(string system) => options.Only.Contains(system);

    private void Sweep()
    {
        foreach (var variant in variants)
        {
            Say($"engine sweep: {variant.Name}");
            using var engine = new RawEngine(variant);
            foreach (var corpus in corpora.Where(c => !IsLeftOut(c, variant)))
            {
                var rates = engine.Sweep(corpus, TimeSpan.FromSeconds(options.Quick ? 0.6 : 2), options.Quick);
                _best[(variant.Name, corpus.Name)] = rates[0].Configuration;
                report.Sweeps[$"{variant.Name}, {corpus.Name}"] = [.. rates.Select(r => $"{r.Configuration}: {r.TokensPerSecond:0} tokens/s, {r.SequencesPerSecond:0.0} seq/s")];
            }
        }
    }

    private async Task<List<(string? Model, IServedSystem System)>> ChooseSystemsAsync(CancellationToken cancellation)
    {
        List<(string?, IServedSystem)> systems = [];
        if (Wants("server")) systems.Add((null, new DirectServer()));
        if (Wants("gateway")) systems.Add((null, new GatewayPath()));
        if (Wants("fastapi"))
        {
            foreach (var variant in variants.Where(v => v.Precision == "fp32"))
            {
                if (await BestFastApiAsync(variant, cancellation) is { } best) systems.Add((variant.Model, best));
            }
        }

        if (Wants("node")) systems.AddRange([(null, new NodeServer(batching: false)), (null, new NodeServer(batching: true))]);
        return systems;
    }

    /// <summary>Its fastest configuration at 64 clients speaks for it; null where none runs.</summary>
    private async Task<FastApiServer?> BestFastApiAsync(ModelVariant variant, CancellationToken cancellation)
    {
        var rates = new Dictionary<string, double>();
        foreach (var system in FastApiServer.Configurations)
        {
            Say($"screening: {variant.Name}, {system.Name}");
            try
            {
                using var server = await system.StartAsync(variant, cancellation);
                var requests = RequestSet.Predict(corpora[0], server.Endpoint.ToString(), server.Token);
                rates[system.Name] = (await ClosedLoop.RunAsync(server, requests, 64, TimeSpan.FromSeconds(options.Quick ? 1 : 3), options.Measured, cancellation)).RequestsPerSecond;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                Fail(system, variant, e);
            }
        }

        report.Screening[variant.Name] = rates;
        return FastApiServer.Configurations.Where(c => rates.ContainsKey(c.Name)).MaxBy(c => rates[c.Name]);
    }

    private void MeasureEngine(ModelVariant variant)
    {
        using var engine = new RawEngine(variant);
        foreach (var corpus in corpora.Where(c => !IsLeftOut(c, variant)))
        {
            var key = (variant.Name, corpus.Name);
            var rate = engine.Measure(corpus, _best[key], options.Measured);
            var free = corpus.Name == "mix" ? engine.MeasureWithoutPadding(corpus, _best[key], options.Measured).TokensPerSecond : double.NaN;
            Cells(_engine, key).Add((rate, free, engine.MedianLatency(corpus, TimeSpan.FromSeconds(options.Quick ? 0.7 : 3))));
        }
    }

    private async Task MeasureAsync(IServedSystem system, ModelVariant variant, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var server = await system.StartAsync(variant, cancellation);
        var started = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await _answers.RunAsync(system, server, variant, corpora[0], cancellation);
        var warm = RequestSet.Predict(corpora[0], server.Endpoint.ToString(), server.Token);
        var rate = (await ClosedLoop.RunAsync(server, warm, 32, WarmUp.Time, TimeSpan.FromSeconds(1), cancellation)).TokensPerSecond;
        var loads = Loads(system, variant).ToList();
        foreach (var (place, (corpus, clients)) in loads.Index())
        {
            // With many clients the first answers come early: measuring begins when the queue has turned over once, and lasts some turns. The first waits
            // longer, for runtimes that compile again what ran often in the warm-up.
            var (turn, least) = (clients * corpus.MeanTokens / Math.Max(rate, 1), place == 0 ? 3 : 0.5);
            var measured = await ClosedLoop.RunAsync(
                server,
                RequestSet.Predict(corpus, server.Endpoint.ToString(), server.Token),
                clients,
                TimeSpan.FromSeconds(Math.Clamp(1.2 * turn, least, 10)),
                TimeSpan.FromSeconds(Math.Clamp(2 * turn, options.Seconds, 4 * options.Seconds)),
                cancellation,
                hangUp: (corpus, clients) == loads[^1]);
            Cells(_cells, (variant.Name, corpus.Name, clients, system.Name)).Add(measured);
        }

        Say($"  {system.Name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, {started:0.0} of them to start");
    }

    private IEnumerable<(TextCorpus Corpus, int Clients)> Loads(IServedSystem system, ModelVariant variant)
        => from corpus in corpora
           where !IsLeftOut(corpus, variant) && !(options.Quick && corpus.Name == "mix" && system is not (DirectServer or GatewayPath))
           from clients in options.Quick && corpus.Name == "mix" ? [options.Clients.Max()] : options.Clients
           select (corpus, clients);

    /// <summary>A quick run measures the mix where a target speaks of it.</summary>
    private bool IsLeftOut(TextCorpus corpus, ModelVariant variant)
        => options.Quick && corpus.Name == "mix" && variant != (variants.FirstOrDefault(v => v.Name == "distil fp32") ?? variants[0]);

    private void Fill()
    {
        report.Results.Clear();
        report.Results.AddRange(_cells.Select(c => new ResultRow(c.Key.Model, c.Key.Load, c.Key.Clients, c.Key.System, Measurement.MedianOf(c.Value), [.. c.Value])));
        report.Engine.Clear();
        report.Engine.AddRange(_engine.Select(e => new EngineRow(
            e.Key.Model,
            e.Key.Load,
            _best[e.Key].ToString(),
            Percentiles.Median(e.Value.Select(v => v.Rate.TokensPerSecond)),
            Percentiles.Median(e.Value.Select(v => v.Rate.SequencesPerSecond)),
            Percentiles.Median(e.Value.Select(v => v.Free)),
            Percentiles.Median(e.Value.Select(v => v.Latency)))));
    }

    private static List<TValue> Cells<TKey, TValue>(Dictionary<TKey, List<TValue>> cells, TKey key)
        where TKey : notnull
        => cells.TryGetValue(key, out var list) ? list : cells[key] = [];

    /// <summary>The others' figures are still worth having.</summary>
    private void Fail(IServedSystem system, ModelVariant variant, Exception e)
    {
        Say($"  {system.Name} FAILED: {e.Message}");
        report.Failures.Add(Failure.Of(system.Name, variant.Name, e));
    }

    private static void Say(string text) => Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {text}");
}
