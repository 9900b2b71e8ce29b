using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;
using ModelServer.Tokenization.Files;

namespace Benchmarks.Scenarios;

/// <summary>This checkout beside another one of the same repository: encoders, generation and the gateway's checks, each measured in turn.</summary>
internal sealed class CheckoutComparison(ScenarioInputs inputs) : IScenario
{
    private const int Clients = 64, Streams = 16, Connections = 64;
    private const string Body = """{"text":"one of the funniest and most touching films of the year"}""";
    private readonly BenchmarkOptions _options = inputs.Options;
    private readonly Dictionary<string, List<(double Ours, double Theirs)>> _rounds = [];

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var encoders = ModelStore.Prepare(_options.Models).Where(v => _options.Precisions.Contains(v.Precision)).ToArray();
        var decoders = DecoderStore.Prepare(_options.Models, _options.Precisions);
        var mix = new GenerationLoads(TokenizerLoader.Load(DecoderStore.Shipped), inputs.Sentences.Texts).Mix;
        for (var round = 0; round < _options.Rounds; round++)
        {
            foreach (var variant in encoders)
            {
                foreach (var clients in (int[])[1, Clients])
                {
                    await MeasureAsync($"{variant.Name}, clients: {clients}, req/s", round, checkout => EncodeAsync(new DirectServer(checkout), variant, clients, cancellation));
                    if (!_options.Models.Contains("gateway")) continue;
                    await MeasureAsync($"{variant.Name}, gateway, clients: {clients}, req/s", round, checkout => EncodeAsync(new GatewayPath(checkout), variant, clients, cancellation));
                }
            }

            foreach (var variant in decoders) await MeasureAsync($"{variant.Name}, {Streams} streams, tokens/s", round, checkout => GenerateAsync(variant, mix, checkout, cancellation));
            if (_options.Models.Contains("gateway")) await MeasureAsync($"gateway, checks only, {Connections} connections, req/s", round, checkout => CheckAsync(checkout, cancellation));
        }

        var table = new TextTable(1, "cell", "this", "the other", "ratio", "ratios of the rounds");
        foreach (var (cell, rounds) in _rounds)
        {
            var ratios = rounds.Select(r => r.Ours / r.Theirs).ToArray();
            table.Add(
                cell, $"{Percentiles.Median(rounds.Select(r => r.Ours)):0}", $"{Percentiles.Median(rounds.Select(r => r.Theirs)):0}",
                $"{Percentiles.Median(ratios):0.000}", string.Join(' ', ratios.Select(r => $"{r:0.00}")));
        }

        table.Write(Console.Out);
        return 0;
    }

    /// <summary>Which comes first alternates, so that neither always finds the machine warmer.</summary>
    private async Task MeasureAsync(string cell, int round, Func<string?, Task<double>> measure)
    {
        Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} round {round + 1}/{_options.Rounds}: {cell}");
        var (ours, theirs) = (0d, 0d);
        if (round % 2 == 0) ours = await measure(null);
        theirs = await measure(_options.Checkout);
        if (round % 2 == 1) ours = await measure(null);
        if (!_rounds.TryGetValue(cell, out var rounds)) _rounds[cell] = rounds = [];
        rounds.Add((ours, theirs));
    }

    private async Task<double> EncodeAsync(IServedSystem system, ModelVariant variant, int clients, CancellationToken cancellation)
    {
        using var server = await system.StartAsync(variant, cancellation);
        var requests = RequestSet.Predict(inputs.Sentences, server.Endpoint.ToString(), server.Token);
        return (await ClosedLoop.RunAsync(server, requests, clients, WarmUp.Time, _options.Measured, cancellation, hangUp: true)).RequestsPerSecond;
    }

    private async Task<double> GenerateAsync(ModelVariant variant, PromptSet mix, string? checkout, CancellationToken cancellation)
    {
        using var server = await new DirectServer(checkout).StartAsync(variant, cancellation);
        var requests = StreamRequests.Create(mix, server.Endpoint.ToString(), server.Token);
        return (await new StreamLoop(server, WarmUp.Time, _options.Measured).RunAsync(requests, Streams, cancellation)).TokensPerSecond;
    }

    private async Task<double> CheckAsync(string? checkout, CancellationToken cancellation)
    {
        using var gateway = await ProxySystem.StartWithChecksAsync(checkout, cancellation);
        var address = new Uri($"http://{gateway.Endpoint}/predict");
        await Wrk.RunAsync(address, gateway.Token, Body, Connections, WarmUp.Time.TotalSeconds, cancellation);
        return (await Wrk.RunAsync(address, gateway.Token, Body, Connections, _options.Seconds, cancellation)).RequestsPerSecond;
    }
}
