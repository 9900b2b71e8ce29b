using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>For rows that run alone: each row's keys and values lie as the graph takes them, with no slot that is not used. A run writes what it gives, the
/// new tokens behind the old ones, into a second memory of the row, and the two change places: nothing is copied but where a row goes back.</summary>
internal sealed class RowCache : IKeyValueCache
{
    private readonly DecoderGraph _graph;
    private readonly int _window;
    private readonly NativeBuffer[][] _sides;
    private readonly int[] _held;
    private readonly byte[] _side;
    private readonly List<OrtValue> _views = [];

    public RowCache(DecoderGraph graph, int rows, int window)
    {
        (_graph, _window) = (graph, window);
        (_held, _side) = (new int[rows], new byte[rows]);
        var buffers = new NativeBuffer[2 * graph.PastNames.Length];
        try
        {
            for (var i = 0; i < buffers.Length; i++) buffers[i] = new NativeBuffer(rows * RowBytes);
        }
        catch
        {
            foreach (var buffer in buffers) buffer?.Dispose();
            throw;
        }

        _sides = [buffers[..graph.PastNames.Length], buffers[graph.PastNames.Length..]];
    }

    public long Bytes => _sides.SelectMany(s => s).Sum(b => b.Bytes);

    /// <summary>They move with each token.</summary>
    public CacheRows? Slots => null;

    /// <summary>Of one tensor of one row: one for each head, and twice so many where keys and values are one tensor.</summary>
    private int Blocks => _graph.Heads * (_graph.Names.IsStacked ? 2 : 1);

    private long RowBytes => (long)Blocks * _window * _graph.SlotBytes;

    /// <summary>Bytes that a cache of this size takes.</summary>
    public static long BytesOf(DecoderGraph graph, int rows, int window) => 2 * CacheRows.Bytes(graph, (long)rows * window);

    public int MaskWidth(int tokens) => _window;

    public void WriteMask(IntegerTensor mask, int cell, int length, int tokens) => mask.Fill(cell, length + tokens, 1);

    /// <summary>Lets a row hold its first tokens alone.</summary>
    public void Shorten(int row, int length)
    {
        if (_held[row] == length) return;
        if (_held[row] < length) throw new InvalidOperationException($"Row {row} holds {_held[row]} tokens, not {length}.");
        foreach (var buffer in _sides[_side[row]])
            for (var block = 0; block < Blocks; block++) At(buffer, row, block, _held[row], length).CopyTo(At(buffer, row, block, length, length));
        _held[row] = length;
    }

    /// <summary>Of one row; valid until the next call of this.</summary>
    public OrtValue[] Past(int row, int rows)
    {
        foreach (var view in _views) view.Dispose();
        _views.Clear();
        return View(_side[row], row, _held[row]);
    }

    /// <summary>Of one row; valid until the next call of <see cref="Past"/>.</summary>
    public OrtValue[] Present(int row, int rows, int tokens) => View(1 - _side[row], row, _held[row] + tokens);

    public void Keep(StepPlan plan)
    {
        foreach (var entry in plan.Entries)
        {
            _side[entry.Row] ^= 1;
            _held[entry.Row] = entry.Start + entry.Count;
        }
    }

    public void Copy(int from, int to, int length)
    {
        if (_held[from] < length) throw new InvalidOperationException($"Row {from} holds {_held[from]} tokens, not {length}.");
        for (var i = 0; i < _graph.PastNames.Length; i++)
            for (var block = 0; block < Blocks; block++)
                At(_sides[_side[from]][i], from, block, _held[from], length).CopyTo(At(_sides[_side[to]][i], to, block, length, length));
        _held[to] = length;
    }

    public void Dispose()
    {
        foreach (var view in _views) view.Dispose();
        foreach (var buffer in _sides.SelectMany(s => s)) buffer.Dispose();
    }

    private OrtValue[] View(int side, int row, int length)
    {
        long[] shape = _graph.Names.IsStacked ? [2, 1, _graph.Heads, length, _graph.HeadSize] : [1, _graph.Heads, length, _graph.HeadSize];
        var views = Array.ConvertAll(_sides[side], b => b.Tensor(_graph.CacheType, row * RowBytes, shape));
        _views.AddRange(views);
        return views;
    }

    /// <param name="stride">Tokens that the row holds.</param>
    private Span<byte> At(NativeBuffer buffer, int row, int block, int stride, int count)
        => buffer.Span<byte>((row * RowBytes) + ((long)block * stride * _graph.SlotBytes), count * _graph.SlotBytes);
}
