using System.Numerics;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelServer.Runtime;

/// <summary>The memory of an input of whole numbers, in the type that the graph wants: int64, int32, or for numbers that are 0 or 1 also float, float16 and
/// bool.</summary>
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
        switch (type)
        {
            case TensorElementType.Int32: Cells<int>(start, count).Fill(value); break;
            case TensorElementType.Float: Cells<float>(start, count).Fill(value); break;
            case TensorElementType.Float16: Cells<Half>(start, count).Fill((Half)value); break;
            case TensorElementType.Bool: Cells<byte>(start, count).Fill((byte)value); break;
            default: Cells<long>(start, count).Fill(value); break;
        }
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

    private static int Width(TensorElementType type) => type switch
    {
        TensorElementType.Bool => sizeof(byte),
        TensorElementType.Float16 => sizeof(short),
        TensorElementType.Int32 or TensorElementType.Float => sizeof(int),
        _ => sizeof(long),
    };
}
