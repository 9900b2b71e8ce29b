using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>Buffers seen as <c>[rows, heads, slots, size]</c>, two for each layer, and the engine's views of them, made once.</summary>
internal sealed class CacheRows(DecoderGraph graph, NativeBuffer[] buffers, int slots) : IDisposable
{
    private readonly Dictionary<(int Row, int Rows), OrtValue[]> _views = [];

    private long RowBytes => (long)graph.Heads * slots * graph.SlotBytes;

    /// <summary>Bytes of what <see cref="Allocate"/> allocates.</summary>
    public static long Bytes(DecoderGraph graph, long slots) => 2 * graph.Layers * slots * graph.Heads * graph.SlotBytes;

    /// <summary>Allocates all buffers, or none and throws.</summary>
    public static NativeBuffer[] Allocate(DecoderGraph graph, long slots)
    {
        var buffers = new NativeBuffer[2 * graph.Layers];
        try
        {
            for (var i = 0; i < buffers.Length; i++) buffers[i] = new NativeBuffer(slots * graph.Heads * graph.SlotBytes);
            return buffers;
        }
        catch
        {
            foreach (var buffer in buffers) buffer?.Dispose();
            throw;
        }
    }

    /// <summary>These rows as tensors, key and value of each layer.</summary>
    public OrtValue[] View(int row, int rows) => _views.TryGetValue((row, rows), out var view) ? view : _views[(row, rows)] = Create(row, rows);

    /// <summary>Copies neighbouring slots of one row, all heads and layers, into a row of these.</summary>
    /// <param name="source">May be these.</param>
    public void Copy(CacheRows source, int from, int fromSlot, int to, int toSlot, int count)
    {
        for (var buffer = 0; buffer < buffers.Length; buffer++)
            for (var head = 0; head < graph.Heads; head++)
                source.Slots(buffer, from, head, fromSlot, count).CopyTo(Slots(buffer, to, head, toSlot, count));
    }

    /// <summary>Whether the first slots of two rows are the same to the last bit.</summary>
    public bool AreEqual(int row, int other, int count)
    {
        for (var buffer = 0; buffer < buffers.Length; buffer++)
            for (var head = 0; head < graph.Heads; head++)
                if (!Slots(buffer, row, head, 0, count).SequenceEqual(Slots(buffer, other, head, 0, count))) return false;
        return true;
    }

    public void Dispose()
    {
        foreach (var view in _views.Values)
            foreach (var value in view) value.Dispose();
    }

    private Span<byte> Slots(int buffer, int row, int head, int slot, int count)
        => buffers[buffer].Span<byte>((row * RowBytes) + ((((long)head * slots) + slot) * graph.SlotBytes), count * graph.SlotBytes);

    private OrtValue[] Create(int row, int rows)
        => Array.ConvertAll(buffers, b => b.Tensor(graph.CacheType, row * RowBytes, rows, graph.Heads, slots, graph.HeadSize));
}
