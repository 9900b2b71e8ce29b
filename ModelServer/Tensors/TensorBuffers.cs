using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Tensors;

/// <summary>The memory that one worker's runs read, grown when needed. For one thread.</summary>
/// <param name="inputs">Those of the graph.</param>
internal sealed class TensorBuffers(TensorSpec[] inputs) : IDisposable
{
    /// <summary>What is kept from one run to the next for each input; a larger one is given back after its run.</summary>
    private const int KeptBytes = 1 << 20;
    private readonly NativeBuffer?[] _buffers = new NativeBuffer?[inputs.Length];

    /// <summary>Writes the rows of a batch one below the other.</summary>
    /// <returns>The tensors over them, the caller's to dispose of before the next call.</returns>
    public OrtValue[] Fill(TensorBatch batch)
    {
        var values = new OrtValue[inputs.Length];
        for (var i = 0; i < values.Length; i++) values[i] = Fill(batch, i);
        return values;
    }

    public void Dispose()
    {
        for (var i = 0; i < _buffers.Length; i++) Release(i);
    }

    private OrtValue Fill(TensorBatch batch, int input)
    {
        var first = batch.Slices[0].Request.Inputs[input];
        if (batch.Columns > 0) return FillPadded(batch, input);
        var total = 0;
        foreach (var slice in batch.Slices) total += Part(slice, input).Length;
        var buffer = Room(input, total);
        var at = 0;
        foreach (var slice in batch.Slices)
        {
            var part = Part(slice, input);
            part.CopyTo(buffer.Span<byte>(at, part.Length));
            at += part.Length;
        }

        return buffer.Tensor(inputs[input].Type.Element, 0, batch.Slices[0].Request.HasRows ? [batch.Rows, .. first.Shape.AsSpan(1)] : first.Shape);
    }

    /// <summary>Rows of different lengths: behind the shorter ones are zeros, which the mask's zeros take out.</summary>
    private OrtValue FillPadded(TensorBatch batch, int input)
    {
        var width = inputs[input].Type.Bytes;
        var line = batch.Columns * width;
        var cells = Room(input, batch.Rows * line).Span<byte>(0, batch.Rows * line);
        var at = 0;
        foreach (var slice in batch.Slices)
        {
            var part = Part(slice, input);
            var row = slice.Request.Columns * width;
            for (var i = 0; i < slice.Rows; i++, at += line)
            {
                part.Slice(i * row, row).CopyTo(cells[at..]);
                cells.Slice(at + row, line - row).Clear();
            }
        }

        return _buffers[input]!.Tensor(inputs[input].Type.Element, 0, batch.Rows, batch.Columns);
    }

    private static ReadOnlySpan<byte> Part(TensorSlice slice, int input)
    {
        var data = slice.Request.Inputs[input].Data.Span;
        var row = data.Length / slice.Request.Rows;
        return data.Slice(slice.First * row, slice.Rows * row);
    }

    private NativeBuffer Room(int input, int bytes)
    {
        var known = _buffers[input];
        if (known is not null && bytes <= known.Bytes && (known.Bytes <= KeptBytes || bytes > KeptBytes)) return known;
        Release(input);
        return _buffers[input] = new NativeBuffer(bytes > KeptBytes ? bytes : BitOperations.RoundUpToPowerOf2((uint)bytes));
    }

    private void Release(int input)
    {
        _buffers[input]?.Dispose();
        _buffers[input] = null;
    }
}
