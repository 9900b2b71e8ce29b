namespace Microsoft.ML.OnnxRuntime.Tensors;

/// <summary>Which .NET type stands for which element type, and its size in bytes.</summary>
internal static class ElementTypes
{
    private static readonly (Type Type, int Size)[] ByCode = Build();

    public static Type TypeOf(TensorElementType element) => (uint)element < (uint)ByCode.Length ? ByCode[(int)element].Type : null;

    /// <summary>0 where elements have no fixed size or no .NET type.</summary>
    public static int SizeOf(TensorElementType element) => (uint)element < (uint)ByCode.Length ? ByCode[(int)element].Size : 0;

    /// <summary>0 where the engine has no such element.</summary>
    public static TensorElementType CodeOf<T>() => Code<T>.Value;

    private static (Type, int)[] Build()
    {
        var types = new (Type, int)[(int)TensorElementType.DataTypeMax];
        types[(int)TensorElementType.Float] = (typeof(float), 4);
        types[(int)TensorElementType.UInt8] = (typeof(byte), 1);
        types[(int)TensorElementType.Int8] = (typeof(sbyte), 1);
        types[(int)TensorElementType.UInt16] = (typeof(ushort), 2);
        types[(int)TensorElementType.Int16] = (typeof(short), 2);
        types[(int)TensorElementType.Int32] = (typeof(int), 4);
        types[(int)TensorElementType.Int64] = (typeof(long), 8);
        types[(int)TensorElementType.String] = (typeof(string), 0);
        types[(int)TensorElementType.Bool] = (typeof(bool), 1);
        types[(int)TensorElementType.Float16] = (typeof(Float16), 2);
        types[(int)TensorElementType.Double] = (typeof(double), 8);
        types[(int)TensorElementType.UInt32] = (typeof(uint), 4);
        types[(int)TensorElementType.UInt64] = (typeof(ulong), 8);
        types[(int)TensorElementType.BFloat16] = (typeof(BFloat16), 2);
        return types;
    }

    private static class Code<T>
    {
        public static readonly TensorElementType Value = (TensorElementType)Math.Max(0, Array.FindIndex(ByCode, e => e.Type == typeof(T)));
    }
}
