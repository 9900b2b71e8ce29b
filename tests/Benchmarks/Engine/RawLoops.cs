using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Models;
using ModelServer.Decoders;

namespace Benchmarks.Engine;

/// <summary>The engine in this process with nothing around it, in one loop or several side by side: the limit that no server can pass.</summary>
internal sealed class RawLoops : IDisposable
{
    private readonly DecoderNetwork _model;
    private readonly RawDecoder[] _loops;

    /// <param name="rows">Sequences of all loops.</param>
    /// <inheritdoc cref="RawDecoder(DecoderNetwork, int, int)"/>
    public RawLoops(ModelVariant variant, DecoderConfiguration configuration, int rows, int window)
    {
        using var options = configuration.ToOptions();
        _model = new(variant.Graph, options);
        _loops = [.. Enumerable.Range(0, configuration.Loops).Select(_ => new RawDecoder(_model, Math.Max(1, rows / configuration.Loops), window))];
    }

    /// <summary>The one that measures what takes one sequence.</summary>
    public RawDecoder First => _loops[0];

    /// <inheritdoc cref="RawDecoder.Decode"/>
    public double Decode(int rows, PromptSet prompts, TimeSpan time) => Run(rows, (loop, part, _) => loop.Decode(part, prompts, time)).Sum();

    /// <inheritdoc cref="RawDecoder.Serve"/>
    public StreamMeasurement Serve(int rows, PromptSet prompts, TimeSpan time)
    {
        var parts = Run(rows, (loop, part, first) => loop.Serve(part, prompts, time, first));
        return StreamMeasurement.Of(parts.Sum(p => p.TokensPerSecond), [.. parts.SelectMany(p => p.First)], [.. parts.SelectMany(p => p.Gaps)]);
    }

    public void Dispose()
    {
        foreach (var loop in _loops) loop.Dispose();
        _model.Dispose();
    }

    private T[] Run<T>(int rows, Func<RawDecoder, int, int, T> run)
    {
        var loops = Math.Min(rows, _loops.Length);
        var results = new T[loops];
        var threads = Enumerable.Range(0, loops).Select(i => new Thread(() => results[i] = run(_loops[i], (rows + i) / loops, i))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return results;
    }
}
