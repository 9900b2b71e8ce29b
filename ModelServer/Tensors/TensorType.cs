using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelServer.Tensors;

/// <summary>A datatype as the Open Inference Protocol names it, and the engine's for it.</summary>
/// <param name="Bytes">Of one element; 0 for <see cref="Text"/>, whose elements have lengths of their own.</param>
internal sealed record TensorType(string Name, TensorElementType Element, int Bytes)
{
    public static readonly TensorType Text = new("BYTES", TensorElementType.String, 0);

    public static readonly TensorType Int64 = new("INT64", TensorElementType.Int64, sizeof(long));

    public static readonly TensorType Fp32 = new("FP32", TensorElementType.Float, sizeof(float));

    private static readonly TensorType[] All =
    [
        new("BOOL", TensorElementType.Bool, sizeof(byte)),
        new("UINT8", TensorElementType.UInt8, sizeof(byte)),
        new("UINT16", TensorElementType.UInt16, sizeof(short)),
        new("UINT32", TensorElementType.UInt32, sizeof(int)),
        new("UINT64", TensorElementType.UInt64, sizeof(long)),
        new("INT8", TensorElementType.Int8, sizeof(byte)),
        new("INT16", TensorElementType.Int16, sizeof(short)),
        new("INT32", TensorElementType.Int32, sizeof(int)),
        Int64,
        new("FP16", TensorElementType.Float16, sizeof(short)),
        new("BF16", TensorElementType.BFloat16, sizeof(short)),
        Fp32,
        new("FP64", TensorElementType.Double, sizeof(double)),
        Text,
    ];

    /// <summary>Null for a word that is none.</summary>
    public static TensorType? Named(string name) => Array.Find(All, t => t.Name == name);

    /// <summary>Null for a type that the protocol has no word for.</summary>
    public static TensorType? Of(TensorElementType element) => Array.Find(All, t => t.Element == element);
}
