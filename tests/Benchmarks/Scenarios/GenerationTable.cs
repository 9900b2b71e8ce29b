using System.Diagnostics;
using System.Net;
using Benchmarks.Corpus;
using Benchmarks.Engine;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;
using ModelServer.Tokenization;

namespace Benchmarks.Scenarios;

/// <summary>Measures text generation: every system on every model, one at a time, in rounds.</summary>
internal sealed class GenerationTable(BenchmarkOptions options, GenerationReport report, GenerationLoads loads)
{
    /// <summary>Rows of the engine, as many as the model server has by default.</summary>
    private const int Rows = 16;
    /// <summary>Prompt tokens that the model server reads at a time by default.</summary>
    private const int Chunk = 32;
    private const int RunningStreams = 8;
    private readonly Dictionary<(ModelVariant Variant, int Rows), DecoderConfiguration> _best = [];
    private readonly Dictionary<ModelVariant, TimeSpan> _longPrompt = [];
    private readonly ContinuationCheck _check = new(loads, report);

    public static async Task RunAsync(BenchmarkOptions options, IReadOnlyList<string> sentences, CancellationToken cancellation)
    {
        var variants = DecoderStore.Prepare(options.Models, options.Precisions);
        var report = new GenerationReport(options);
        var table = new GenerationTable(options, report, new GenerationLoads(TokenizerLoader.Load(DecoderStore.Shipped), sentences));
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var variant in variants)
            {
                Say($"round {round}/{options.Rounds}: {variant.Name}");
                await table.MeasureAsync(variant, cancellation);
                // What there is so far is worth having if the rest is interrupted.
                report.Save();
            }
        }

        report.Write(Console.Out);
        Console.Error.WriteLine($"JSON: {options.Out}");
    }

    private async Task MeasureAsync(ModelVariant variant, CancellationToken cancellation)
    {
        if (Wants("engine")) Time("engine", () => MeasureEngine(variant));
        cancellation.ThrowIfCancellationRequested();
        if (Wants("server") || Wants("gateway")) await MeasureServerAsync(variant, cancellation);
        if (variant.Precision != "fp32") return;
        if (Wants("torch"))
        {
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct()) Measure(PromptScript.Torch(threads), variant);
        }

        if (Wants("node")) Measure(PromptScript.Node(), variant);
    }

    private bool Wants(string system) => options.Only.Contains(system);

    private void MeasureEngine(ModelVariant variant)
    {
        if (!_best.ContainsKey((variant, 1))) Sweep(variant);
        var chunks = RawDecoder.LongestPrompt / Chunk;
        foreach (var rows in options.Clients.Where(c => c <= Rows))
        {
            using var engine = Open(variant, rows);
            var decoded = engine.Decode(rows, loads.Decode, options.Measured);
            report.Add(variant.Name, "decode", rows, "engine", new(decoded));
            report.Add(variant.Name, "mix", rows, "engine", engine.Serve(rows, loads.Mix, 2 * options.Measured));
            var read = engine.Prefill(loads.Long, Chunk, options.Measured / 2);
            // Between two chunks the streams get a token each.
            _longPrompt[variant] = TimeSpan.FromSeconds((RawDecoder.LongestPrompt / read) + (chunks * rows / decoded));
            if (rows > 1) continue;
            report.Add(variant.Name, "prefill", 1, $"engine, {Chunk} a run", new(read));
            report.Add(variant.Name, "prefill", 1, $"engine, {RawDecoder.LongestPrompt} a run", new(engine.Prefill(loads.Long, RawDecoder.LongestPrompt, options.Measured / 2)));
            _check.Expect(variant, engine);
        }
    }

    private void Sweep(ModelVariant variant)
    {
        var tried = new List<(DecoderConfiguration Configuration, int Rows, double Rate)>();
        foreach (var configuration in DecoderConfiguration.All)
        {
            using var engine = new RawDecoder(variant, configuration, Rows, DecoderStore.Window(variant));
            foreach (var rows in (int[])[1, Rows]) tried.Add((configuration, rows, engine.Decode(rows, loads.Short, TimeSpan.FromSeconds(options.Quick ? 0.5 : 2))));
        }

        foreach (var rows in (int[])[1, Rows]) _best[(variant, rows)] = tried.Where(t => t.Rows == rows).MaxBy(t => t.Rate).Configuration;
        report.Sweeps[variant.Name] = [.. tried.Select(t => $"{t.Configuration}, {t.Rows} row{(t.Rows == 1 ? "" : "s")}: {t.Rate:0}")];
    }

    private RawDecoder Open(ModelVariant variant, int rows) => new(variant, _best[(variant, rows == 1 ? 1 : Rows)], Rows, DecoderStore.Window(variant));

    private async Task MeasureServerAsync(ModelVariant variant, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var server = await new DirectServer().StartAsync(variant, cancellation);
        var started = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await _check.RunAsync(variant, server, cancellation);
        // The compiler recompiles hot code in the background for some seconds.
        var rate = (await RunAsync(server, loads.Mix, Rows, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1), cancellation)).TokensPerSecond;
        if (Wants("server"))
        {
            report.Add(variant.Name, "decode", Rows, "server", await RunAsync(server, loads.Decode, Rows, TimeSpan.FromSeconds(0.5), options.Measured, cancellation));
            foreach (var streams in options.Clients) report.Add(variant.Name, "mix", streams, "server", await MixAsync(server, streams, rate, cancellation));
            report.Add(variant.Name, "arrivals", RunningStreams, "server", await ArrivalsAsync(server, variant, cancellation));
        }

        if (Wants("gateway") && variant.Model == "stories") await MeasureGatewayAsync(server, variant, rate, cancellation);
        Say($"  server: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, {started:0.0} of them to start");
    }

    /// <summary>Before the same server, so that what differs is the gateway.</summary>
    private async Task MeasureGatewayAsync(RunningServer server, ModelVariant variant, double rate, CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        using var gateway = await new RunningServer(new(IPAddress.Loopback, port), Platform.Token, Platform.StartGateway(port, [server.Endpoint.Port])).WhenReadyAsync("/ready", cancellation);
        var (direct, through) = await FirstTokens.CompareAsync(server, gateway, loads.First, options.Measured, cancellation);
        report.Add(variant.Name, "first", 1, "server", direct);
        report.Add(variant.Name, "first", 1, "gateway", through);
        report.Add(variant.Name, "mix", Rows, "gateway", await MixAsync(gateway, Rows, rate, cancellation));
    }

    private Task<StreamMeasurement> MixAsync(RunningServer server, int streams, double rate, CancellationToken cancellation)
    {
        // Streams that begin together end apart only after a while; those that queue wait for a turn of all.
        var turn = streams * loads.Mix.Tokens.Average() / Math.Max(rate, 1);
        return RunAsync(
            server, loads.Mix, streams, TimeSpan.FromSeconds(Math.Clamp(1.2 * turn, 0.5, 20)), TimeSpan.FromSeconds(Math.Clamp(2 * turn, options.Seconds, 4 * options.Seconds)), cancellation);
    }

    /// <summary>Streams under way while prompts of the longest kind arrive, so many that reading them takes a third of the time.</summary>
    private Task<StreamMeasurement> ArrivalsAsync(RunningServer server, ModelVariant variant, CancellationToken cancellation)
        => new StreamLoop(server, TimeSpan.FromSeconds(1), 2 * options.Measured).RunAsync(
            Requests(server, loads.Decode), RunningStreams, cancellation, Requests(server, loads.Long), 3 * _longPrompt.GetValueOrDefault(variant, TimeSpan.FromSeconds(0.2)));

    private static Task<StreamMeasurement> RunAsync(RunningServer server, PromptSet prompts, int streams, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellation)
        => new StreamLoop(server, warmUp, measured).RunAsync(Requests(server, prompts), streams, cancellation);

    private static StreamRequests Requests(RunningServer server, PromptSet prompts) => StreamRequests.Create(prompts, server.Endpoint.ToString(), server.Token);

    private void Measure(PromptScript script, ModelVariant variant) => Time(script.Name, () =>
    {
        try
        {
            var answers = script.Run(variant, loads.MixFile, 2 * options.Measured);
            report.Add(variant.Name, "mix", 1, script.Name, answers.EndToEnd);
            report.Add(variant.Name, "decode", 1, script.Name, answers.DecodeOnly);
            _check.Compare(variant, script.Name, [.. answers.Answers.Select(a => a.Ids)]);
        }
        catch (InvalidOperationException e)
        {
            // The others' figures are still worth having.
            Say($"  {e.Message}");
        }
    });

    private static void Time(string what, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        Say($"  {what}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
    }

    private static void Say(string text) => Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {text}");
}
