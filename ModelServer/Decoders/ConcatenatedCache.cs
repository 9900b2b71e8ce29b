using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>For graphs of plain operators: every row is given with all its slots, the unused ones masked out, and a run returns it with the
/// new tokens behind the last slot, from where they are copied behind those that the row has. The slots are never fewer than the window:
/// with a width that followed the longest row, a row's sums would depend on the rows beside it.</summary>
internal sealed class ConcatenatedCache : IKeyValueCache
{
    private readonly DecoderGraph _graph;
    private readonly int _window;
    private readonly NativeBuffer[] _buffers;
    private readonly NativeBuffer[] _runBuffers;
    private readonly CacheRows _rows;
    private readonly Dictionary<int, CacheRows> _runs = [];

    /// <param name="tokens">Most new tokens of a run over one row; runs over more have one in each.</param>
    public ConcatenatedCache(DecoderGraph graph, int rows, int window, int tokens)
    {
        _graph = graph;
        _window = window;
        _buffers = CacheRows.Allocate(graph, (long)rows * window);
        try
        {
            _runBuffers = CacheRows.Allocate(graph, RunSlots(rows, window, tokens));
        }
        catch
        {
            foreach (var buffer in _buffers) buffer.Dispose();
            throw;
        }

        _rows = new CacheRows(graph, _buffers, window);
    }

    /// <summary>Bytes that a cache of this size takes.</summary>
    public static long BytesOf(DecoderGraph graph, int rows, int window, int tokens)
        => CacheRows.Bytes(graph, (long)rows * window) + CacheRows.Bytes(graph, RunSlots(rows, window, tokens));

    public long Bytes => _buffers.Concat(_runBuffers).Sum(b => b.Bytes);

    public int MaskWidth(int tokens) => _window + tokens;

    public void WriteMask(IntegerTensor mask, int cell, int length, int tokens)
    {
        mask.Fill(cell, length, 1);
        mask.Fill(cell + length, _window - length, 0);
        mask.Fill(cell + _window, tokens, 1);
    }

    public OrtValue[] Past(int row, int rows) => _rows.View(row, rows);

    public OrtValue[] Present(int row, int rows, int tokens) => Run(tokens).View(0, rows);

    public void Keep(StepPlan plan)
    {
        var run = Run(plan.Count);
        for (var i = 0; i < plan.Rows; i++) _rows.Copy(run, i, _window, plan.Entries[i].Row, plan.Entries[i].Start, plan.Count);
    }

    public CacheRows Slots => _rows;

    public void Copy(int from, int to, int length) => _rows.Copy(_rows, from, 0, to, 0, length);

    public void Dispose()
    {
        _rows.Dispose();
        foreach (var run in _runs.Values) run.Dispose();
        foreach (var buffer in _buffers.Concat(_runBuffers)) buffer.Dispose();
    }

    private static long RunSlots(int rows, int window, int tokens) => Math.Max((long)rows * (window + 1), window + tokens);

    private CacheRows Run(int tokens)
    {
        if (!_runs.TryGetValue(tokens, out var run)) _runs[tokens] = run = new CacheRows(_graph, _runBuffers, _window + tokens);
        return run;
    }
}
