using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

public unsafe partial class OrtValue
{
    /// <summary>A tensor over memory of the caller, who keeps it valid until the value is disposed; it may be larger than the shape needs.</summary>
    public static OrtValue CreateTensorValueWithData(OrtMemoryInfo memInfo, TensorElementType elementType, long[] shape, IntPtr dataBufferPtr, long bufferLengthInBytes)
    {
        if (elementType == TensorElementType.String) throw new OnnxRuntimeException(ErrorCode.InvalidArgument, "Cannot map managed strings buffer to native OrtValue. Use string specific interfaces");
        var size = ElementTypes.SizeOf(elementType);
        if (size == 0) throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Tensor element type: {elementType} is not supported");
        var needed = checked(Elements(shape) * size);
        if (needed > bufferLengthInBytes)
        {
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Shape: [{string.Join(", ", shape)}] has: {needed / size} elements requires a buffer of at least {needed} bytes. Provided: {bufferLengthInBytes} bytes");
        }

        return new OrtValue(new ValueHandle(Wrap(memInfo, elementType, shape, (void*)dataBufferPtr, bufferLengthInBytes)), OnnxValueType.ONNX_TYPE_TENSOR);
    }

    /// <summary>A tensor over managed memory, pinned until the value is disposed; it may be larger than the shape needs.</summary>
    public static OrtValue CreateTensorValueFromMemory<T>(OrtMemoryInfo memoryInfo, Memory<T> memory, long[] shape)
        where T : unmanaged
    {
        var elementType = ElementTypes.CodeOf<T>();
        if (elementType == 0) throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Tensor of type: {typeof(T)} is not supported");
        var elements = Elements(shape);
        if (elements > memory.Length)
        {
            throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Managed memory size: {memory.Length} elements is less than shape size: {elements} elements");
        }

        var pin = memory.Pin();
        try
        {
            var value = Wrap(memoryInfo, elementType, shape, pin.Pointer, (long)memory.Length * sizeof(T));
            return new OrtValue(new ValueHandle(value, pin), OnnxValueType.ONNX_TYPE_TENSOR);
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    public static OrtValue CreateTensorValueFromMemory<T>(T[] data, long[] shape)
        where T : unmanaged => CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, new Memory<T>(data), shape);

    /// <summary>A tensor whose memory the allocator provides; its contents are undefined.</summary>
    public static OrtValue CreateAllocatedTensorValue(OrtAllocator allocator, TensorElementType elementType, long[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        using var from = new Lease(allocator);
        nint value;
        fixed (long* s = shape)
        {
            NativeApi.Check(((delegate* unmanaged<nint, long*, nint, int, nint*, nint>)NativeApi.At(Entry.CreateTensorAsOrtValue))(from.Pointer, s, shape.Length, (int)elementType, &value));
        }

        return new OrtValue(new ValueHandle(value), OnnxValueType.ONNX_TYPE_TENSOR);
    }

    private static nint Wrap(OrtMemoryInfo memoryInfo, TensorElementType elementType, long[] shape, void* data, long bytes)
    {
        using var info = new Lease(memoryInfo);
        // The engine refuses a null pointer even where the shape holds no element.
        long nothing = 0;
        nint value;
        fixed (long* s = shape)
        {
            NativeApi.Check(((delegate* unmanaged<nint, void*, nint, long*, nint, int, nint*, nint>)NativeApi.At(Entry.CreateTensorWithDataAsOrtValue))(
                info.Pointer, data == null && bytes == 0 ? &nothing : data, (nint)bytes, s, shape.Length, (int)elementType, &value));
        }

        return value;
    }

    private static long Elements(long[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long count = 1;
        foreach (var dimension in shape)
        {
            if (dimension < 0) throw new OnnxRuntimeException(ErrorCode.InvalidArgument, $"Shape must not have negative elements: {dimension}");
            count = checked(count * dimension);
        }

        return count;
    }
}
