using System.Diagnostics;
using System.Diagnostics.Metrics;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Decoders;
using ModelServer.Runtime;
using ModelServer.Sampling;
using ModelServer.Scheduling;

namespace Benchmarks.Scenarios;

/// <summary>Generators with weights of 8 bits in each form that <c>quantize.py</c> makes: how many tokens are those of fp32 until the first that differs, and what
/// they cost, in turn. Ratios of processor time and the best of many rounds are what others on the machine change least.</summary>
internal sealed class WeightForms(ScenarioInputs inputs) : IScenario
{
    private const int Window = 512, Answer = 60, Streams = 16, Decoded = 128;

    public Task<int> RunAsync(CancellationToken cancellation)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var device = new Lazy<ExecutionDevice>(() => new(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance));
        var metrics = new DecoderMetrics(services.GetRequiredService<IMeterFactory>(), new());
        var factory = new DecoderFactory(
            device, Options.Create(new DecoderOptions { PrefixCacheBytes = 0 }), Options.Create(new InferenceOptions()), new LoadMemory(limitBytes: null), metrics, TimeProvider.System,
            NullLogger<DecoderFactory>.Instance);
        var quality = new TextTable(2, "model", "weights", "MB", "tokens as in fp32", "of", "prompts", "of");
        var speed = new TextTable(3, "model", "load", "weights", "best tokens/s", $"beside {WeightForm.PerRow}", "by processor time");
        foreach (var model in inputs.Options.Models)
        {
            var load = FormLoad.Of(model, inputs.Sentences.Texts);
            var forms = WeightForm.Of(model, load.Folder);
            var exact = Answers(Path.Combine(load.Folder, "model.onnx"));
            foreach (var form in forms)
            {
                var same = Answers(form.Graph).Zip(exact, (a, b) => (Length: a.AsSpan().CommonPrefixLength(b), Whole: b.Length)).ToArray();
                quality.Add(
                    model, form.Name, $"{new FileInfo(form.Graph).Length / 1e6:0.0}", $"{same.Sum(s => s.Length)}", $"{same.Sum(s => s.Whole)}",
                    $"{same.Count(s => s.Length == s.Whole)}", $"{same.Length}");
            }

            if (inputs.Options.Rounds > 0) Compare(load, forms);

            int[][] Answers(string graph)
            {
                cancellation.ThrowIfCancellationRequested();
                using var decoder = Open(graph);
                return [.. decoder.Start([.. load.Asked.Select(p => Greedy(p, Answer) with { EndTokens = load.EndTokens })]).Select(Ids)];
            }
        }

        quality.Write(Console.Out);
        if (inputs.Options.Rounds > 0) speed.Write(Console.Out);
        return Task.FromResult(0);

        Decoder Open(string graph) => factory.Load("benchmark:1", graph, Window);

        void Compare(FormLoad load, IReadOnlyList<WeightForm> forms)
        {
            Decoder[] decoders = [.. forms.Select(f => Open(f.Graph))];
            try
            {
                foreach (var (name, run) in Loads(load))
                {
                    var rounds = Enumerable.Range(-1, inputs.Options.Rounds + 1).Select(round => Measure(decoders, run, round)).Skip(1).ToArray();
                    for (var i = 0; i < forms.Count; i++)
                    {
                        var (best, reference) = (rounds.Max(r => r[i].PerSecond), rounds.Max(r => r[0].PerSecond));
                        var ratio = Percentiles.Median(rounds.Select(r => r[i].PerProcessorSecond / r[0].PerProcessorSecond));
                        speed.Add(load.Model, name, forms[i].Name, $"{best:0}", $"{best / reference:0.00}", $"{ratio:0.00}");
                    }
                }
            }
            finally
            {
                foreach (var decoder in decoders) decoder.Dispose();
            }
        }

        // The first of a round is another one each time.
        Speed[] Measure(Decoder[] decoders, Func<Decoder, int> run, int round)
        {
            var found = new Speed[decoders.Length];
            for (var i = 0; i < found.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var which = (i + round + found.Length) % found.Length;
                found[which] = Time(decoders[which], run);
            }

            return found;
        }
    }

    /// <summary>What is run of each form, and how many tokens that were.</summary>
    private static IEnumerable<(string Name, Func<Decoder, int> Run)> Loads(FormLoad load)
    {
        var next = 0;
        yield return ("1 stream", decoder => Ids(decoder.Start(Greedy(load.Short[next++ % load.Short.Length], Decoded))).Length);
        yield return ($"{Streams} streams", decoder => decoder.Start([.. load.Short.Take(Streams).Select(p => Greedy(p, Decoded))]).Sum(s => Ids(s).Length));
        yield return ("prompts", Read);

        int Read(Decoder decoder)
        {
            Ids(decoder.Start(Greedy(load.Long[next++ % load.Long.Length], 1)));
            return FormLoad.LongTokens;
        }
    }

    private Speed Time(Decoder decoder, Func<Decoder, int> run)
    {
        var tokens = 0L;
        var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        while (tokens == 0 || Stopwatch.GetElapsedTime(started) < inputs.Options.Measured / 16) tokens += run(decoder);
        return new(tokens / Stopwatch.GetElapsedTime(started).TotalSeconds, tokens / (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    private static DecoderRequest Greedy(int[] prompt, int tokens) => new(prompt, tokens, new SamplingOptions { Temperature = 0 }, new QueueLane("benchmark"));

    private static int[] Ids(DecoderSequence sequence) => [.. sequence.Tokens.ReadAllAsync().ToBlockingEnumerable().Select(t => t.Token!.Value.Id)];

    private sealed record Speed(double PerSecond, double PerProcessorSecond);
}
