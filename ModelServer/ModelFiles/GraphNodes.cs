namespace ModelServer.ModelFiles;

/// <summary>One operator of a graph; those of other domains than ONNX's own are written <c>domain.Operator</c>.</summary>
internal sealed record GraphNode(string Operator, string[] Inputs, string[] Outputs);

/// <summary>Reads the operators of an ONNX file, which the engine does not tell.</summary>
internal sealed class GraphNodes : IDisposable
{
    private static readonly string[] WholeTensor = ["DynamicQuantizeLinear", "com.microsoft.DynamicQuantizeMatMul", "com.microsoft.DynamicQuantizeLSTM"];
    private static readonly string[] OfIntegers = ["MatMulInteger", "QLinearMatMul", "QuantizeLinear", "com.microsoft.MatMulIntegerToFloat", "com.microsoft.QLinearMatMul", "com.microsoft.MatMulNBits"];
    private readonly ProtobufFile _file;
    private readonly List<GraphNode> _nodes = [];

    private GraphNodes(string path) => _file = new(path);

    /// <summary>Whether activations are quantised with one scale for a whole tensor, which lets the answer of a row depend on the rows beside it.</summary>
    public static bool HaveOneScaleForAll(IReadOnlyList<GraphNode> nodes) => nodes.Any(node => WholeTensor.Contains(node.Operator));

    /// <summary>Whether activations are, or may be, rounded to integers, which makes of the smallest difference one that shows. <c>MatMulNBits</c> may do so within.</summary>
    public static bool RoundActivations(IReadOnlyList<GraphNode> nodes) => nodes.Any(node => OfIntegers.Contains(node.Operator));

    /// <returns>In order; those of functions and of graphs within nodes too.</returns>
    /// <exception cref="ModelLoadException">The file is not a protobuf message.</exception>
    public static IReadOnlyList<GraphNode> Read(string path)
    {
        using var reader = new GraphNodes(path);
        // Field numbers of onnx.proto: ModelProto.graph = 7, ModelProto.functions = 25, GraphProto.node = 1, FunctionProto.node = 7.
        reader._file.EachField(reader._file.Length, (field, end) =>
        {
            if (field == 7) reader.Nodes(1, end);
            if (field == 25) reader.Nodes(7, end);
        });
        return reader._nodes;
    }

    public void Dispose() => _file.Dispose();

    private void Nodes(int node, long end) => _file.EachField(end, (field, fieldEnd) =>
    {
        if (field == node) Node(fieldEnd);
    });

    /// <summary>NodeProto: input = 1, output = 2, op_type = 4, attribute = 5, domain = 7; AttributeProto: g = 6, graphs = 11.</summary>
    private void Node(long end)
    {
        var (inputs, outputs, name, domain) = (new List<string>(), new List<string>(), "", "");
        var place = _nodes.Count;
        _file.EachField(end, (field, fieldEnd) =>
        {
            if (field == 1) inputs.Add(_file.Text(fieldEnd));
            if (field == 2) outputs.Add(_file.Text(fieldEnd));
            if (field == 4) name = _file.Text(fieldEnd);
            if (field == 5) _file.EachField(fieldEnd, (part, partEnd) =>
            {
                if (part is 6 or 11) Nodes(1, partEnd);
            });
            if (field == 7) domain = _file.Text(fieldEnd);
        });
        _nodes.Insert(place, new GraphNode(domain is "" or "ai.onnx" ? name : $"{domain}.{name}", [.. inputs], [.. outputs]));
    }
}
