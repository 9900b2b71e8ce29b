using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelServer.Runtime;

/// <summary>Zeroed memory outside the managed heap; the system gives its pages when they are first written.</summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    private const int Alignment = 64;
    private readonly nint _start;

    public NativeBuffer(long bytes)
        : base(0, true)
    {
        Bytes = bytes;
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)bytes + Alignment));
        _start = (handle + Alignment - 1) & ~(nint)(Alignment - 1);
    }

    public override bool IsInvalid => handle == 0;

    public long Bytes { get; }

    public Span<T> Span<T>(long offset, int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + ((long)count * sizeof(T)), Bytes);
        return new((byte*)_start + offset, count);
    }

    /// <summary>A tensor over a part of it; disposed before this is.</summary>
    public OrtValue Tensor(TensorElementType type, long offset, params long[] shape)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, _start + (nint)offset, Bytes - offset);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
