using System.Diagnostics;
using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Models;
using Microsoft.ML.OnnxRuntime;

namespace Benchmarks.Engine;

/// <summary>How the engine is driven.</summary>
/// <param name="Budget">Padded tokens per run; 0: one text per run.</param>
/// <param name="IntraOpThreads">Threads inside a run; the cores are shared out among as many workers as that leaves.</param>
internal sealed record EngineConfiguration(int Budget, int IntraOpThreads)
{
    public int Workers => Math.Max(1, Environment.ProcessorCount / IntraOpThreads);

    public override string ToString() => $"{(Budget == 0 ? "B=1" : $"{Budget} tokens")}, {Workers}×{IntraOpThreads} threads";
}

internal sealed record EngineRate(EngineConfiguration Configuration, double TokensPerSecond, double SequencesPerSecond);

/// <summary>ONNX Runtime in this process with inputs prepared beforehand: the limit that no server can pass.</summary>
internal sealed class RawEngine(ModelVariant variant) : IDisposable
{
    private static readonly int[] Budgets = [0, 128, 256, 512, 1024];
    private static readonly string[] Outputs = ["logits"];
    private readonly Dictionary<int, InferenceSession> _sessions = [];

    /// <summary>Tries every budget with every layout of threads, the fastest first.</summary>
    /// <param name="quick">Tries all cores inside one run with two of the budgets only.</param>
    public List<EngineRate> Sweep(TextCorpus corpus, TimeSpan each, bool quick)
    {
        int[] threads = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
        var all = from budget in Budgets from intra in threads where !quick || intra == 1 || budget is 256 or 1024 select new EngineConfiguration(budget, intra);
        return [.. all.Select(c => Measure(corpus, c, each)).OrderByDescending(r => r.TokensPerSecond)];
    }

    public EngineRate Measure(TextCorpus corpus, EngineConfiguration configuration, TimeSpan time)
        => Measure(EngineBatches.ByLength(corpus, configuration.Budget), configuration, time);

    public EngineRate MeasureWithoutPadding(TextCorpus corpus, EngineConfiguration configuration, TimeSpan time)
        => Measure(EngineBatches.WithoutPadding(corpus, configuration.Budget), configuration, time);

    /// <summary>One text at a time on one thread, as for a lone client: the median run in milliseconds.</summary>
    public double MedianLatency(TextCorpus corpus, TimeSpan time)
    {
        var batches = EngineBatches.ByLength(corpus, budget: 0);
        var session = Session(1);
        List<long> runs = [];
        using var options = new RunOptions();
        for (long begin = Stopwatch.GetTimestamp(), i = 0; Stopwatch.GetElapsedTime(begin) < time; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Run(session, options, batches[i % batches.Length]);
            runs.Add(Stopwatch.GetTimestamp() - start);
        }

        foreach (var batch in batches) batch.Dispose();
        return Percentiles.Milliseconds(runs, 0.5);
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values) session.Dispose();
    }

    private EngineRate Measure(EngineBatch[] batches, EngineConfiguration configuration, TimeSpan time)
    {
        var session = Session(configuration.IntraOpThreads);
        var next = -1;
        var gate = new Lock();
        double tokens = 0, rows = 0, busy = 0;
        var threads = Enumerable.Range(0, configuration.Workers).Select(_ => new Thread(Work)).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        foreach (var batch in batches) batch.Dispose();
        return new(configuration, configuration.Workers * tokens / busy, configuration.Workers * rows / busy);

        void Work()
        {
            using var options = new RunOptions();
            // The first runs of a worker and a shape allocate.
            for (var i = 0; i < 3; i++) Run(session, options, batches[i % batches.Length]);
            for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < time;)
            {
                var batch = batches[(uint)Interlocked.Increment(ref next) % batches.Length];
                var start = Stopwatch.GetTimestamp();
                Run(session, options, batch);
                var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
                lock (gate)
                {
                    busy += took * batch.Weight;
                    tokens += batch.Tokens * batch.Weight;
                    rows += batch.Rows * batch.Weight;
                }
            }
        }
    }

    private static void Run(InferenceSession session, RunOptions options, EngineBatch batch)
    {
        using var outputs = session.Run(options, EngineBatch.InputNames, batch.Inputs, Outputs);
    }

    private InferenceSession Session(int intraOpThreads)
    {
        if (_sessions.TryGetValue(intraOpThreads, out var session)) return session;
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = intraOpThreads,
            InterOpNumThreads = 1,
        };
        return _sessions[intraOpThreads] = new(variant.Graph, options);
    }
}
