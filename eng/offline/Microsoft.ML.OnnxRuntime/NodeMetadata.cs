using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Type and shape of one input or output of a model. Of values that are no tensors only the kind is known here.</summary>
public unsafe class NodeMetadata
{
    private readonly int[] _dimensions;
    private readonly string[] _symbolicDimensions;
    private readonly TensorElementType _elementDataType;

    internal NodeMetadata(nint typeInfo)
    {
        OnnxValueType = (OnnxValueType)NativeApi.GetInt(Entry.GetOnnxTypeFromTypeInfo, typeInfo);
        if (!IsTensor) return;
        // Borrowed from the type information.
        var tensor = NativeApi.Get(Entry.CastTypeInfoToTensorInfo, typeInfo);
        _elementDataType = (TensorElementType)NativeApi.GetInt(Entry.GetTensorElementType, tensor);
        var shape = OrtTensorTypeAndShapeInfo.Dimensions(tensor);
        _dimensions = Array.ConvertAll(shape, d => (int)d);
        var names = new nint[shape.Length];
        fixed (nint* n = names) NativeApi.Check(((delegate* unmanaged<nint, nint*, nint, nint>)NativeApi.At(Entry.GetSymbolicDimensions))(tensor, n, names.Length));
        _symbolicDimensions = Array.ConvertAll(names, NativeApi.Text);
    }

    public OnnxValueType OnnxValueType { get; }

    /// <summary>-1 where the size is symbolic or unknown.</summary>
    public int[] Dimensions => Tensor(_dimensions);

    /// <summary>The name of each dimension, empty where it has none.</summary>
    public string[] SymbolicDimensions => Tensor(_symbolicDimensions);

    public Type ElementType => ElementTypes.TypeOf(ElementDataType);

    public TensorElementType ElementDataType => Tensor(_elementDataType);

    public bool IsString => ElementDataType == TensorElementType.String;

    public bool IsTensor => OnnxValueType is OnnxValueType.ONNX_TYPE_TENSOR or OnnxValueType.ONNX_TYPE_SPARSETENSOR;

    private T Tensor<T>(T value) => IsTensor ? value : throw new OnnxRuntimeException(ErrorCode.Fail, "OnnxValueType must either be a tensor or sparse tensor");
}
