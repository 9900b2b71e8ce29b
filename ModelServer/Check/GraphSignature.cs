using System.Globalization;
using ModelServer.ModelFiles;

namespace ModelServer.Check;

/// <summary>Reads the inputs and outputs of an ONNX file without the engine, also of one that the engine does not take.</summary>
internal sealed class GraphSignature : IDisposable
{
    private readonly ProtobufFile _file;
    private readonly List<GraphValue> _inputs = [], _outputs = [];
    private readonly HashSet<string> _weights = [];

    private GraphSignature(string path) => _file = new(path);

    /// <exception cref="ModelLoadException">The file is not a protobuf message.</exception>
    public static (GraphValue[] Inputs, GraphValue[] Outputs) Read(string path)
    {
        using var reader = new GraphSignature(path);
        // Field numbers of onnx.proto: ModelProto.graph = 7; GraphProto.initializer = 5, input = 11, output = 12.
        reader._file.EachField(reader._file.Length, (field, end) =>
        {
            if (field != 7) return;
            reader._file.EachField(end, (part, partEnd) =>
            {
                if (part == 5) reader.Weight(partEnd);
                if (part == 11) reader._inputs.Add(reader.Value(partEnd));
                if (part == 12) reader._outputs.Add(reader.Value(partEnd));
            });
        });
        // Older files list weights among the inputs.
        return ([.. reader._inputs.Where(i => !reader._weights.Contains(i.Name))], [.. reader._outputs]);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>TensorProto: name = 8.</summary>
    private void Weight(long end) => _file.EachField(end, (field, fieldEnd) =>
    {
        if (field == 8) _weights.Add(_file.Text(fieldEnd));
    });

    /// <summary>ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; its elem_type = 1, shape = 2; TensorShapeProto: dim = 1.</summary>
    private GraphValue Value(long end)
    {
        var (name, type, shape) = ("", 0UL, new List<string>());
        _file.EachField(end, (field, fieldEnd) =>
        {
            if (field == 1) name = _file.Text(fieldEnd);
            if (field == 2) Each(fieldEnd, 1, tensor => _file.EachField(
                tensor,
                (part, partEnd) =>
                {
                    if (part == 2) Each(partEnd, 1, dimension => shape.Add(Dimension(dimension)));
                },
                (part, number) => type = part == 1 ? number : type));
        });
        return new GraphValue(name, TypeName(type), shape);
    }

    private void Each(long end, int wanted, Action<long> visit) => _file.EachField(end, (field, fieldEnd) =>
    {
        if (field == wanted) visit(fieldEnd);
    });

    /// <summary>Dimension: dim_value = 1, dim_param = 2.</summary>
    private string Dimension(long end)
    {
        var text = "?";
        _file.EachField(
            end,
            (field, fieldEnd) => text = field == 2 ? _file.Text(fieldEnd) : text,
            (field, number) => text = field == 1 ? number.ToString(CultureInfo.InvariantCulture) : text);
        return text.Length == 0 ? "?" : text;
    }

    /// <summary>TensorProto.DataType.</summary>
    private static string TypeName(ulong type) => type switch
    {
        1 => "float",
        2 => "uint8",
        3 => "int8",
        6 => "int32",
        7 => "int64",
        9 => "bool",
        10 => "float16",
        11 => "double",
        16 => "bfloat16",
        _ => string.Create(CultureInfo.InvariantCulture, $"type {type}"),
    };
}
