using System.Diagnostics;
using System.Numerics.Tensors;
using Benchmarks.Corpus;
using ModelServer.Decoders;

namespace Benchmarks.Engine;

/// <summary>A decoder in a tight loop with as little around its runs as can be.</summary>
internal sealed class RawDecoder : IDisposable
{
    /// <summary>Prompts are read in one run each: nobody waits for another token.</summary>
    public const int LongestPrompt = 256;
    private readonly DecoderSession _session;
    private readonly int[] _last;
    private readonly int[] _lengths;
    private readonly StepEntry[] _entries;

    /// <param name="window">Most tokens of a sequence; the server's, since the cache's layout depends on it.</param>
    public RawDecoder(DecoderNetwork model, int rows, int window)
    {
        _session = new(model, rows, window, LongestPrompt);
        _last = new int[rows];
        _lengths = new int[rows];
        _entries = new StepEntry[rows];
    }

    /// <summary>Tokens per second of steps over so many rows, prompts left out.</summary>
    public double Decode(int rows, PromptSet prompts, TimeSpan time)
    {
        long steps = 0, busy = 0;
        var begin = Stopwatch.GetTimestamp();
        while (steps == 0 || Stopwatch.GetElapsedTime(begin) < time)
        {
            for (var row = 0; row < rows; row++) Read(row, prompts.Ids[row]);
            var start = Stopwatch.GetTimestamp();
            // All of it, however short the time: a step's cost grows with its sequences.
            for (var i = 0; i < prompts.Tokens[0]; i++) Step(rows);
            busy += Stopwatch.GetTimestamp() - start;
            steps += prompts.Tokens[0];
        }

        return rows * steps * (double)Stopwatch.Frequency / busy;
    }

    /// <summary>Prompt tokens per second, one prompt of the longest kind at a time.</summary>
    /// <param name="chunk">Tokens of a run.</param>
    public double Prefill(PromptSet prompts, int chunk, TimeSpan time)
    {
        long tokens = 0;
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i == 0 || Stopwatch.GetElapsedTime(begin) < time; i++)
        {
            var prompt = prompts.Ids[i % prompts.Ids.Length];
            for (var at = 0; at < prompt.Length; at += chunk) Read(0, at, prompt.AsSpan(at, Math.Min(chunk, prompt.Length - at)));
            tokens += prompt.Length;
        }

        return tokens / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>Whole requests: a row that ends takes the next prompt at once. With one row, one request after the other.</summary>
    /// <param name="first">Which prompt it begins with.</param>
    public (double TokensPerSecond, List<long> First, List<long> Gaps) Serve(int rows, PromptSet prompts, TimeSpan time, int first)
    {
        var (next, tokens) = (first * 7919, 0L);
        var (left, told) = (new int[rows], new long[rows]);
        List<long> firsts = [], gaps = [];
        for (var row = 0; row < rows; row++) Take(row);
        // Rows that begin together end apart only after a while.
        var warm = TimeSpan.FromTicks(time.Ticks / 4);
        firsts.Clear();
        for (var begin = Stopwatch.GetTimestamp(); ;)
        {
            var elapsed = Stopwatch.GetElapsedTime(begin);
            if (elapsed >= time + warm) return (tokens / (elapsed - warm).TotalSeconds, firsts, gaps);
            Step(rows);
            for (var row = 0; row < rows; row++) Tell(row, elapsed >= warm);
        }

        void Tell(int row, bool counts)
        {
            var now = Stopwatch.GetTimestamp();
            if (counts) gaps.Add(now - told[row]);
            if (counts) tokens++;
            told[row] = now;
            if (--left[row] > 0) return;
            if (counts) tokens++;
            Take(row);
        }

        void Take(int row)
        {
            var i = next++ % prompts.Ids.Length;
            var start = Stopwatch.GetTimestamp();
            Read(row, prompts.Ids[i]);
            told[row] = Stopwatch.GetTimestamp();
            firsts.Add(told[row] - start);
            left[row] = prompts.Tokens[i] - 1;
        }
    }

    /// <summary>One prompt's continuation.</summary>
    public int[] Continue(int[] prompt, int tokens)
    {
        var ids = new int[tokens];
        Read(0, prompt);
        for (var i = 0; i < tokens; i++)
        {
            ids[i] = _last[0];
            Step(1);
        }

        return ids;
    }

    public void Dispose() => _session.Dispose();

    private void Read(int row, int[] prompt)
    {
        _lengths[row] = prompt.Length;
        _last[row] = TensorPrimitives.IndexOfMax(Read(row, 0, prompt));
    }

    private ReadOnlySpan<float> Read(int row, int start, ReadOnlySpan<int> tokens)
    {
        _session.Run(new StepPlan([new StepEntry(row, start, tokens.Length, IsSampled: true)], isPrompt: true), tokens);
        return _session.Logits(0);
    }

    private void Step(int rows)
    {
        for (var row = 0; row < rows; row++) _entries[row] = new StepEntry(row, _lengths[row]++, Count: 1, IsSampled: true);
        _session.Run(new StepPlan(_entries.AsSpan(0, rows), isPrompt: false), _last.AsSpan(0, rows));
        for (var row = 0; row < rows; row++) _last[row] = TensorPrimitives.IndexOfMax(_session.Logits(row));
    }
}
