using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>The owner of a value: the value itself.</summary>
public interface IOrtValueOwner : IDisposable
{
    OrtValue Value { get; }
}

/// <summary>
/// A value that goes into or comes out of a run: here always a tensor. Spans taken from it are valid until it is disposed.
/// Managed memory under it stays pinned for as long as it lives.
/// </summary>
public unsafe partial class OrtValue : IOrtValueOwner, IDisposable
{
    // Type and element count of a tensor never change, so they are asked for once.
    private TensorElementType _elementType;
    private long _elementCount = -1;

    internal OrtValue(ValueHandle handle, OnnxValueType type)
    {
        Handle = handle;
        OnnxType = type;
    }

    internal OrtValue(nint value)
    {
        Handle = new ValueHandle(value);
        OnnxType = (OnnxValueType)NativeApi.GetInt(Entry.GetValueType, value);
    }

    public OrtValue Value => this;

    public OnnxValueType OnnxType { get; }

    public bool IsTensor => OnnxType == OnnxValueType.ONNX_TYPE_TENSOR;

    public bool IsSparseTensor => OnnxType == OnnxValueType.ONNX_TYPE_SPARSETENSOR;

    internal ValueHandle Handle { get; }

    public ReadOnlySpan<T> GetTensorDataAsSpan<T>()
        where T : unmanaged => GetTensorMutableDataAsSpan<T>();

    public Span<T> GetTensorMutableDataAsSpan<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes(typeof(T)));

    public Span<byte> GetTensorMutableRawData() => Bytes(typeof(byte));

    public OrtTensorTypeAndShapeInfo GetTensorTypeAndShape()
    {
        RequireTensor();
        using var self = new Lease(Handle);
        var info = NativeApi.Get(Entry.GetTensorTypeAndShape, self.Pointer);
        try
        {
            return new OrtTensorTypeAndShapeInfo(info);
        }
        finally
        {
            NativeApi.Release(Entry.ReleaseTensorTypeAndShapeInfo, info);
        }
    }

    public OrtMemoryInfo GetTensorMemoryInfo()
    {
        RequireTensor();
        using var self = new Lease(Handle);
        return new OrtMemoryInfo(NativeApi.Get(Entry.GetTensorMemoryInfo, self.Pointer), false);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) Handle.Dispose();
    }

    private Span<byte> Bytes(Type requested)
    {
        if (!IsTensor) throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"This OrtValue type contains: {OnnxType}, not a tensor");
        using var self = new Lease(Handle);
        ReadTypeAndCount(self.Pointer);
        if (_elementType == TensorElementType.String) throw new OnnxRuntimeException(ErrorCode.InvalidArgument, "Strings are not supported by this API");
        var actual = ElementTypes.TypeOf(_elementType) ?? throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Element type: {_elementType} is not registered type.");
        if (requested != typeof(byte) && requested != actual)
        {
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Requested type: {requested} does not match the actual type: {actual}");
        }

        return _elementCount == 0 ? default : new Span<byte>((void*)NativeApi.Get(Entry.GetTensorMutableData, self.Pointer), checked((int)(_elementCount * ElementTypes.SizeOf(_elementType))));
    }

    private void ReadTypeAndCount(nint value)
    {
        if (Volatile.Read(ref _elementCount) >= 0) return;
        var info = NativeApi.Get(Entry.GetTensorTypeAndShape, value);
        try
        {
            _elementType = (TensorElementType)NativeApi.GetInt(Entry.GetTensorElementType, info);
            Volatile.Write(ref _elementCount, NativeApi.Get(Entry.GetTensorShapeElementCount, info));
        }
        finally
        {
            NativeApi.Release(Entry.ReleaseTensorTypeAndShapeInfo, info);
        }
    }

    private void RequireTensor()
    {
        if (!IsTensor && !IsSparseTensor) throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"This OrtValue type contains: {OnnxType}, not a tensor or sparse tensor");
    }
}
