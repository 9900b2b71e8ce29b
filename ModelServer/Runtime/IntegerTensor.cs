using System.Numerics;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelServer.Runtime;

/// <summary>The memory of an integer input, 64 or 32 bits wide as the graph wants it.</summary>
internal sealed class IntegerTensor(TensorElementType type, int capacity) : IDisposable
{
    private readonly NativeBuffer _buffer = new((long)capacity * Width(type));

    public OrtValue Value(params long[] shape) => _buffer.Tensor(type, 0, shape);

    public void Write(int start, ReadOnlySpan<int> values)
    {
        if (type == TensorElementType.Int32) values.CopyTo(Cells<int>(start, values.Length));
        else TensorPrimitives.ConvertTruncating(values, Cells<long>(start, values.Length));
    }

    public void Fill(int start, int count, int value)
    {
        if (type == TensorElementType.Int32) Cells<int>(start, count).Fill(value);
        else Cells<long>(start, count).Fill(value);
    }

    /// <summary>Counts up from <paramref name="value"/>.</summary>
    public void Count(int start, int count, int value)
    {
        if (type == TensorElementType.Int32) Count(Cells<int>(start, count), value);
        else Count(Cells<long>(start, count), value);
    }

    public void Dispose() => _buffer.Dispose();

    private static void Count<T>(Span<T> cells, int value)
        where T : unmanaged, INumberBase<T>
    {
        for (var i = 0; i < cells.Length; i++) cells[i] = T.CreateTruncating(value + i);
    }

    private Span<T> Cells<T>(int start, int count)
        where T : unmanaged => _buffer.Span<T>((long)start * Width(type), count);

    private static int Width(TensorElementType type) => type == TensorElementType.Int32 ? sizeof(int) : sizeof(long);
}
