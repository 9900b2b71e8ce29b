namespace ModelServer.ModelFiles;

/// <summary>Which types of numbers a graph has its weights in, as <c>TensorProto.DataType</c> counts them.</summary>
internal sealed record GraphWeights(IReadOnlySet<int> Types)
{
    public const int BFloat16 = 16;

    /// <summary>uint8, int8, float16, bfloat16, those of float8, uint4 and int4.</summary>
    private static readonly int[] FewBits = [2, 3, 10, BFloat16, 17, 18, 19, 20, 21, 22];

    /// <summary>Whether some have fewer bits than a float, so that rounding decides between numbers that are far apart.</summary>
    public bool AreCoarse => FewBits.Any(Has);

    public bool Has(int type) => Types.Contains(type);

    /// <exception cref="ModelLoadException">The file is not a protobuf message.</exception>
    public static GraphWeights Read(string path)
    {
        using var file = new ProtobufFile(path);
        var types = new HashSet<int>();
        // Field numbers of onnx.proto: ModelProto.graph = 7; GraphProto.initializer = 5; TensorProto.data_type = 2.
        file.EachField(file.Length, (field, end) =>
        {
            if (field == 7) file.EachField(end, (part, partEnd) =>
            {
                if (part == 5) file.EachField(partEnd, static (_, _) => { }, (number, value) =>
                {
                    if (number == 2) types.Add((int)value);
                });
            });
        });
        return new(types);
    }
}
