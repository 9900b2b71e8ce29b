using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Element type and shape of a tensor.</summary>
public unsafe struct OrtTensorTypeAndShapeInfo
{
    internal OrtTensorTypeAndShapeInfo(nint info)
    {
        ElementDataType = (TensorElementType)NativeApi.GetInt(Entry.GetTensorElementType, info);
        ElementCount = NativeApi.Get(Entry.GetTensorShapeElementCount, info);
        Shape = Dimensions(info);
    }

    public TensorElementType ElementDataType { get; private set; }

    public readonly bool IsString => ElementDataType == TensorElementType.String;

    public long ElementCount { get; private set; }

    public readonly int DimensionsCount => Shape.Length;

    public long[] Shape { get; private set; }

    internal static long[] Dimensions(nint info)
    {
        var shape = new long[NativeApi.Get(Entry.GetDimensionsCount, info)];
        fixed (long* s = shape) NativeApi.Check(((delegate* unmanaged<nint, long*, nint, nint>)NativeApi.At(Entry.GetDimensions))(info, s, shape.Length));
        return shape;
    }
}
