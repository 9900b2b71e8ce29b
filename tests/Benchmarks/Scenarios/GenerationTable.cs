using System.Diagnostics;
using System.Net;
using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Measures text generation: every system on every model, one at a time, in rounds.</summary>
internal sealed class GenerationTable(BenchmarkOptions options, GenerationReport report, GenerationLoads loads)
{
    private const int Rows = DecoderLimit.Rows;

    /// <summary>Half of them, so that what arrives finds a place.</summary>
    public const int StreamsBesideArrivals = Rows / 2;

    private readonly ContinuationCheck _check = new(loads, report);
    private readonly DecoderLimit _limit = new(options, report, loads);
    private readonly StreamScriptTable _streams = new(options, report, loads);

    public async Task RunAsync(IReadOnlyList<ModelVariant> variants, CancellationToken cancellation)
    {
        var rounds = new RoundLimit(options.Rounds, options.Limit);
        while (rounds.TryBegin())
        {
            foreach (var variant in variants)
            {
                Say($"round {rounds.Current}/{options.Rounds}: {variant.Name}");
                await MeasureAsync(variant, cancellation);
                // What there is so far is worth having if the rest is interrupted.
                report.Save();
            }
        }
    }

    private async Task MeasureAsync(ModelVariant variant, CancellationToken cancellation)
    {
        if (Wants("engine")) Try("engine", variant, () => _limit.Measure(variant, _check));
        cancellation.ThrowIfCancellationRequested();
        if (Wants("server") || Wants("gateway"))
        {
            try
            {
                await MeasureServerAsync(variant, cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                Fail("server", variant, e);
            }
        }

        if (variant.Precision == "fp32" && Wants("torch"))
        {
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct()) Measure(PromptScript.Torch(threads), variant);
        }

        if (variant.Precision == "fp32" && Wants("node")) Measure(PromptScript.Node(), variant);
        IEnumerable<StreamScript> streaming = [.. Wants("llama") ? StreamScript.Llama(variant) : [], .. Wants("genai") ? [StreamScript.GenAI(variant)] : (StreamScript[])[]];
        foreach (var script in streaming)
        {
            Try(script.Name, variant, () => _streams.Measure(script, variant, Pace(variant)));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private bool Wants(string system) => options.Only.Contains(system);

    private bool IsWanted(string load) => options.Loads.Contains(load);

    private async Task MeasureServerAsync(ModelVariant variant, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var server = await new DirectServer().StartAsync(variant, cancellation);
        var started = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await _check.RunAsync(variant, server, cancellation);
        var rate = (await RunAsync(server, loads.Mix, Rows, WarmUp.Time, TimeSpan.FromSeconds(1), cancellation)).TokensPerSecond;
        if (Wants("server"))
        {
            if (IsWanted("decode")) report.Add(variant.Name, "decode", Rows, "server", await DecodeAsync(server, rate, cancellation));
            foreach (var streams in IsWanted("mix") ? options.Clients : []) report.Add(variant.Name, "mix", streams, "server", await MixAsync(server, streams, rate, cancellation));
            if (IsWanted("arrivals")) report.Add(variant.Name, "arrivals", StreamsBesideArrivals, "server", await ArrivalsAsync(server, variant, cancellation));
        }

        if (Wants("gateway") && variant.Model == "stories") await MeasureGatewayAsync(server, variant, rate, cancellation);
        Say($"  server: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, {started:0.0} of them to start");
    }

    /// <summary>Before the same server, so that what differs is the gateway.</summary>
    private async Task MeasureGatewayAsync(RunningServer server, ModelVariant variant, double rate, CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        using var gateway = await new RunningServer(new(IPAddress.Loopback, port), Platform.Token, Platform.StartGateway(port, [server.Endpoint.Port])).WhenReadyAsync("/ready", cancellation);
        if (IsWanted("first"))
        {
            var (direct, through) = await FirstTokens.CompareAsync(server, gateway, loads.First, options.Measured, cancellation);
            report.Add(variant.Name, "first", 1, "server", direct);
            report.Add(variant.Name, "first", 1, "gateway", through);
        }

        if (IsWanted("mix")) report.Add(variant.Name, "mix", Rows, "gateway", await MixAsync(gateway, Rows, rate, cancellation));
    }

    private Task<StreamMeasurement> MixAsync(RunningServer server, int streams, double rate, CancellationToken cancellation)
    {
        // Streams that begin together end apart only after a while; those that queue wait for a turn of all.
        var turn = streams * loads.Mix.Tokens.Average() / Math.Max(rate, 1);
        return RunAsync(
            server, loads.Mix, streams, TimeSpan.FromSeconds(Math.Clamp(1.2 * turn, 0.5, 20)), TimeSpan.FromSeconds(Math.Clamp(2 * turn, options.Seconds, 4 * options.Seconds)), cancellation);
    }

    /// <summary>From one prompt to the next, since a step's cost grows with its sequences; alone, decoding is about twice as fast as in the mix.</summary>
    private Task<StreamMeasurement> DecodeAsync(RunningServer server, double rate, CancellationToken cancellation)
    {
        var turn = Rows * loads.Decode.Tokens[0] / Math.Max(2 * rate, 1);
        return RunAsync(server, loads.Decode, Rows, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(Math.Clamp(turn, options.Seconds, 4 * options.Seconds)), cancellation);
    }

    /// <summary>Streams under way while prompts of the longest kind arrive, so many that reading them takes a third of the time.</summary>
    private Task<StreamMeasurement> ArrivalsAsync(RunningServer server, ModelVariant variant, CancellationToken cancellation)
        => new StreamLoop(server, TimeSpan.FromSeconds(1), 2 * options.Measured).RunAsync(
            Requests(server, loads.Decode), StreamsBesideArrivals, cancellation, Requests(server, loads.Long), Pace(variant));

    private TimeSpan Pace(ModelVariant variant) => 3 * _limit.LongPrompt(variant);

    private static Task<StreamMeasurement> RunAsync(RunningServer server, PromptSet prompts, int streams, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellation)
        => new StreamLoop(server, warmUp, measured).RunAsync(Requests(server, prompts), streams, cancellation);

    private static StreamRequests Requests(RunningServer server, PromptSet prompts) => StreamRequests.Create(prompts, server.Endpoint.ToString(), server.Token);

    private void Measure(PromptScript script, ModelVariant variant) => Try(script.Name, variant, () =>
    {
        var answers = script.Run(variant, loads.MixFile, 2 * options.Measured);
        _check.Compare(variant, script.Name, [.. answers.Answers.Select(a => a.Ids)]);
        if (IsWanted("mix")) report.Add(variant.Name, "mix", 1, script.Name, answers.EndToEnd);
        if (IsWanted("decode")) report.Add(variant.Name, "decode", 1, script.Name, answers.DecodeOnly);
    });

    /// <summary>Where one fails the others' figures are still worth having.</summary>
    private void Try(string system, ModelVariant variant, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            action();
            Say($"  {system}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Fail(system, variant, e);
        }
    }

    private void Fail(string system, ModelVariant variant, Exception e)
    {
        Say($"  {system} FAILED: {e.Message}");
        report.Failures.Add(Failure.Of(system, variant.Name, e));
    }

    private static void Say(string text) => Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {text}");
}
