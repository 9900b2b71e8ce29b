using System.Diagnostics;
using System.Diagnostics.Metrics;
using Benchmarks.Load;
using Benchmarks.Report;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Decoders;
using ModelServer.Runtime;
using ModelServer.Sampling;
using ModelServer.Scheduling;

namespace Benchmarks.Scenarios;

/// <summary>The shipped generators' own loops with drafts and without, in turn: one greedy stream, and sixteen at a time. The tokens must be the same. What is wanted
/// is, of one stream, tokens a step, and of sixteen, that they take no more processor time: others on the machine change these least.</summary>
internal sealed class DraftedStreams(ScenarioInputs inputs) : IScenario
{
    private const int Drafts = 8, Streams = 16;

    /// <summary>Tokens that a step of copied text must give where nothing rounds, and the part that the others may lose.</summary>
    private const double Wanted = 1.5, MostLoss = 0.1;

    public Task<int> RunAsync(CancellationToken cancellation)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var steps = new StepCount(meters);
        var device = new Lazy<ExecutionDevice>(() => new(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance));
        var metrics = new DecoderMetrics(meters, new());
        var table = new TextTable(3, "model", "text", "streams", "tokens/s without", "with", "ratio", "by processor time", "wanted", "tokens a step", "the same tokens");
        var isMet = true;
        foreach (var load in DraftLoad.All)
        {
            foreach (var precision in inputs.Options.Precisions.Intersect(["fp32", "int8"]))
            {
                using var without = Open(load, precision, drafts: 0);
                using var with = Open(load, precision, Drafts);
                foreach (var streams in (int[])[1, Streams])
                {
                    var (before, after, isSame) = Compare(without, with, load, streams, steps, cancellation);
                    var wanted = streams == 1 && load.Name == "copied" && precision == "fp32" ? Wanted : 1 - MostLoss;
                    var perStep = Percentiles.Median(after.Select(a => a.PerStep));
                    var ratio = Percentiles.Median(after.Zip(before, (a, b) => a.PerProcessorSecond / b.PerProcessorSecond));
                    table.Add(
                        $"{load.Model} {precision}", load.Name, $"{streams}", $"{Percentiles.Median(before.Select(b => b.PerSecond)):0}", $"{Percentiles.Median(after.Select(a => a.PerSecond)):0}",
                        $"{Percentiles.Median(after.Zip(before, (a, b) => a.PerSecond / b.PerSecond)):0.00}", $"{ratio:0.00}", streams == 1 ? $"≥ {wanted} a step" : $"≥ {wanted} by time",
                        $"{perStep:0.00}", isSame ? "yes" : "no");
                    isMet &= isSame && (streams == 1 ? perStep : ratio) >= wanted;
                }
            }
        }

        table.Write(Console.Out);
        return Task.FromResult(isMet ? 0 : 1);

        Decoder Open(DraftLoad load, string precision, int drafts)
        {
            var options = Options.Create(new DecoderOptions { DraftTokens = drafts });
            var factory = new DecoderFactory(device, options, Options.Create(new InferenceOptions()), new LoadMemory(limitBytes: null), metrics, TimeProvider.System, NullLogger<DecoderFactory>.Instance);
            return factory.Load($"{load.Model}:1", Path.Combine(load.Folder, precision == "fp32" ? "model.onnx" : $"model_{precision}.onnx"), maxTokens: 512);
        }
    }

    private (List<Speed> Without, List<Speed> With, bool IsSame) Compare(Decoder without, Decoder with, DraftLoad load, int streams, StepCount steps, CancellationToken cancellation)
    {
        var (prompts, ends) = (load.Prompts(), load.EndTokens());
        var requests = prompts.Select(p => new DecoderRequest(p, load.Tokens, new SamplingOptions { Temperature = 0 }, new QueueLane("benchmark")) { EndTokens = ends }).ToArray();
        List<Speed> before = [], after = [];
        var isSame = true;
        // The first round warms up; from one to the next the two change their order.
        for (var round = -1; round < 2 * inputs.Options.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            (Speed, List<int[]>) one, other;
            if (round % 2 == 0) (one, other) = (Measure(without), Measure(with));
            else (other, one) = (Measure(with), Measure(without));
            isSame &= one.Item2.Zip(other.Item2).All(pair => pair.First.SequenceEqual(pair.Second));
            if (round < 0) continue;
            before.Add(one.Item1);
            after.Add(other.Item1);
        }

        return (before, after, isSame);

        (Speed Speed, List<int[]> Answers) Measure(Decoder decoder)
        {
            var (answers, tokens, first) = (new List<int[]>(), 0L, steps.Total);
            var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            while (tokens == 0 || Stopwatch.GetElapsedTime(started) < inputs.Options.Measured / 16)
            {
                foreach (var batch in streams == 1 ? requests.Chunk(1) : [[.. Enumerable.Range(0, streams).Select(i => requests[i % requests.Length])]])
                {
                    foreach (var sequence in decoder.Start(batch))
                    {
                        answers.Add([.. sequence.Tokens.ReadAllAsync().ToBlockingEnumerable().Select(t => t.Token!.Value.Id)]);
                        tokens += answers[^1].Length;
                    }
                }
            }

            // The first token of each comes of its prompt.
            var perStep = (double)(tokens - answers.Count) / (steps.Total - first);
            return (new(tokens / Stopwatch.GetElapsedTime(started).TotalSeconds, tokens / (Environment.CpuUsage.TotalTime - processor).TotalSeconds, perStep), answers);
        }
    }

    /// <param name="PerStep">Tokens of one run of the engine, those of prompts aside.</param>
    private sealed record Speed(double PerSecond, double PerProcessorSecond, double PerStep);

    /// <summary>Runs of decoding so far.</summary>
    private sealed class StepCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _total;

        public StepCount(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "generation.step.rows") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref _total));
            _listener.Start();
        }

        public long Total => Interlocked.Read(ref _total);

        public void Dispose() => _listener.Dispose();
    }
}
