using System.Diagnostics;
using System.Diagnostics.Metrics;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Constraints.Automata;
using ModelServer.Constraints.Ebnf;
using ModelServer.Decoders;
using ModelServer.Runtime;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using ModelServer.Tokenization.Files;

namespace Benchmarks.Scenarios;

/// <summary>The shipped generator's own loop with 16 sequences at a time, under a grammar and without, in turn.</summary>
internal sealed class ConstrainedStreams(BenchmarkOptions options, ConstraintMetrics metrics)
{
    private const int Streams = 16, Tokens = 128;

    /// <summary>The part of the throughput that a grammar may cost, and milliseconds before the first token where it is known.</summary>
    private const double MostCost = 0.1, MostDelay = 20;

    public bool Run(TextWriter output, CancellationToken cancellation)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var device = new Lazy<ExecutionDevice>(() => new(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance));
        var factory = new DecoderFactory(
            device, Options.Create(new DecoderOptions()), Options.Create(new InferenceOptions()), new LoadMemory(limitBytes: null),
            new DecoderMetrics(services.GetRequiredService<IMeterFactory>(), new()), TimeProvider.System, NullLogger<DecoderFactory>.Instance);
        using var decoder = factory.Load("stories:1", Path.Combine(DecoderStore.Shipped, "model.onnx"), maxTokens: 512);
        var tokenizer = TokenizerLoader.Load(DecoderStore.Shipped);
        var constraints = new ModelConstraints(tokenizer, decoder.VocabularySize, "stories:1", metrics);
        var prompt = tokenizer.Encode("Once upon a time there was a").Ids;
        var grammar = new EbnfFormat(ConstraintGrammar.Endless).ToGrammar();
        List<double> free = [], constrained = [], delays = [];
        // The first of each warms up.
        for (var round = -1; round < options.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var one = Measure(decoder, prompt, () => null);
            var other = Measure(decoder, prompt, () => constraints.Compile(grammar, "grammar", CancellationToken.None).Begin([], skipsSpecialTokens: true));
            var started = Stopwatch.GetTimestamp();
            _ = constraints.Compile(grammar, "grammar", CancellationToken.None).Begin([], skipsSpecialTokens: true).Allowed;
            if (round < 0) continue;
            free.Add(one);
            constrained.Add(other);
            delays.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        var cost = 1 - (Percentiles.Median(constrained) / Percentiles.Median(free));
        var table = new TextTable(1, $"{Streams} streams", "tokens/s", "cost", "before the first token ms");
        table.Add("without", $"{Percentiles.Median(free):0}", "", "");
        table.Add("under a grammar", $"{Percentiles.Median(constrained):0}", $"{cost:0.0%}", $"{Percentiles.Median(delays):0.00}");
        table.Write(output);
        return cost <= MostCost && Percentiles.Median(delays) <= MostDelay;
    }

    private double Measure(Decoder decoder, int[] prompt, Func<ITokenConstraint?> constraint)
    {
        var (tokens, started) = (0L, Stopwatch.GetTimestamp());
        while (tokens == 0 || Stopwatch.GetElapsedTime(started) < options.Measured)
        {
            DecoderRequest[] requests = [.. Enumerable.Range(0, Streams).Select(stream => new DecoderRequest(
                prompt, Tokens, new SamplingOptions { Temperature = 0.8f, TopP = 0.95f, Seed = (ulong)stream }, new QueueLane("benchmark")) { Constraint = constraint() })];
            foreach (var sequence in decoder.Start(requests))
                tokens += sequence.Tokens.ReadAllAsync().ToBlockingEnumerable().Count();
        }

        return tokens / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
