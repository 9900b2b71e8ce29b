using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>For GroupQueryAttention: a run writes its new tokens in place, behind those that the row has. Of a mask row only its sum is read,
/// so that every run has a mask as wide as the window.</summary>
internal sealed class SharedCache : IKeyValueCache
{
    private readonly int _window;
    private readonly NativeBuffer[] _buffers;
    private readonly CacheRows _rows;

    public SharedCache(DecoderGraph graph, int rows, int window)
    {
        _window = window;
        _buffers = CacheRows.Allocate(graph, (long)rows * window);
        _rows = new CacheRows(graph, _buffers, window);
    }

    public long Bytes => _buffers.Sum(b => b.Bytes);

    /// <summary>Bytes that a cache of this size takes.</summary>
    public static long BytesOf(DecoderGraph graph, int rows, int window) => CacheRows.Bytes(graph, (long)rows * window);

    public int MaskWidth(int tokens) => _window;

    public void WriteMask(IntegerTensor mask, int cell, int length, int tokens)
    {
        mask.Fill(cell, length + tokens, 1);
        mask.Fill(cell + length + tokens, _window - length - tokens, 0);
    }

    public OrtValue[] Past(int row, int rows) => _rows.View(row, rows);

    public OrtValue[] Present(int row, int rows, int tokens) => _rows.View(row, rows);

    /// <summary>All is where it belongs already.</summary>
    public void Keep(StepPlan plan)
    {
    }

    public CacheRows Slots => _rows;

    public void Copy(int from, int to, int length) => _rows.Copy(_rows, from, 0, to, 0, length);

    public void Dispose()
    {
        _rows.Dispose();
        foreach (var buffer in _buffers) buffer.Dispose();
    }
}
