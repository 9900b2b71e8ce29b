namespace ModelServer.ModelFiles;

/// <summary>One operator of a graph; those of other domains than ONNX's own are written <c>domain.Operator</c>.</summary>
internal sealed record GraphNode(string Operator, string[] Inputs, string[] Outputs);

/// <summary>Reads the operators of an ONNX file, which the engine does not tell.</summary>
internal static class GraphNodes
{
    /// <exception cref="ModelLoadException">The file is not a protobuf message.</exception>
    public static List<GraphNode> Read(string path)
    {
        using var file = new ProtobufFile(path);
        var nodes = new List<GraphNode>();
        // Field numbers of onnx.proto: ModelProto.graph = 7, GraphProto.node = 1.
        file.EachField(file.Length, (field, end) =>
        {
            if (field == 7) file.EachField(end, (inGraph, nodeEnd) =>
            {
                if (inGraph == 1) nodes.Add(Node(file, nodeEnd));
            });
        });
        return nodes;
    }

    /// <summary>NodeProto: input = 1, output = 2, op_type = 4, domain = 7.</summary>
    private static GraphNode Node(ProtobufFile file, long end)
    {
        var (inputs, outputs, name, domain) = (new List<string>(), new List<string>(), "", "");
        file.EachField(end, (field, fieldEnd) =>
        {
            if (field == 1) inputs.Add(file.Text(fieldEnd));
            if (field == 2) outputs.Add(file.Text(fieldEnd));
            if (field == 4) name = file.Text(fieldEnd);
            if (field == 7) domain = file.Text(fieldEnd);
        });
        return new GraphNode(domain is "" or "ai.onnx" ? name : $"{domain}.{name}", [.. inputs], [.. outputs]);
    }
}
