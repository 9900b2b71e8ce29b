using System.Globalization;

namespace ModelServer.ModelFiles;

/// <summary>Reads which files an ONNX graph keeps its weights in.</summary>
internal sealed class ExternalData : IDisposable
{
    private readonly ProtobufFile _file;
    private readonly SortedDictionary<string, long> _locations = new(StringComparer.Ordinal);
    private bool _hasGraph;

    private ExternalData(string path) => _file = new(path);

    /// <returns>Paths from the graph's folder with the bytes that each file must have.</returns>
    /// <exception cref="ModelLoadException">The file holds no graph, or not all of it.</exception>
    public static IReadOnlyDictionary<string, long> LocationsOf(string graph)
    {
        using var reader = new ExternalData(graph);
        // Field numbers of onnx.proto: ModelProto.graph = 7, ModelProto.functions = 25, FunctionProto.node = 7.
        reader.Each(reader._file.Length, (field, end) =>
        {
            if (field == 7)
            {
                reader._hasGraph = true;
                reader.Graph(end);
            }

            if (field == 25) reader.Each(end, (inFunction, nodeEnd) => { if (inFunction == 7) reader.Node(nodeEnd); });
        });
        if (!reader._hasGraph) throw new ModelLoadException($"{Path.GetFileName(graph)} holds no graph: it has {reader._file.Length} bytes. Copy it again.");
        return reader._locations;
    }

    public void Dispose() => _file.Dispose();

    private void Each(long end, Action<int, long> visit) => _file.EachField(end, visit);

    /// <summary>GraphProto: node = 1, initializer = 5, sparse_initializer = 15.</summary>
    private void Graph(long end) => Each(end, (field, fieldEnd) =>
    {
        if (field == 1) Node(fieldEnd);
        if (field == 5) Tensor(fieldEnd);
        if (field == 15) SparseTensor(fieldEnd);
    });

    /// <summary>NodeProto: attribute = 5.</summary>
    private void Node(long end) => Each(end, (field, fieldEnd) =>
    {
        if (field == 5) Attribute(fieldEnd);
    });

    /// <summary>AttributeProto: t = 5, g = 6, tensors = 10, graphs = 11, sparse_tensor = 22, sparse_tensors = 23.</summary>
    private void Attribute(long end) => Each(end, (field, fieldEnd) =>
    {
        if (field is 5 or 10) Tensor(fieldEnd);
        if (field is 6 or 11) Graph(fieldEnd);
        if (field is 22 or 23) SparseTensor(fieldEnd);
    });

    /// <summary>SparseTensorProto: values = 1, indices = 2.</summary>
    private void SparseTensor(long end) => Each(end, (field, fieldEnd) =>
    {
        if (field is 1 or 2) Tensor(fieldEnd);
    });

    /// <summary>TensorProto: external_data = 13, pairs of key = 1 and value = 2.</summary>
    private void Tensor(long end)
    {
        var (location, bytes) = ((string?)null, 0L);
        Each(end, (field, fieldEnd) =>
        {
            if (field != 13) return;
            var (key, value) = ("", "");
            Each(fieldEnd, (part, partEnd) =>
            {
                if (part == 1) key = _file.Text(partEnd);
                if (part == 2) value = _file.Text(partEnd);
            });
            if (key == "location") location = value;
            if (key is "offset" or "length" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) bytes += Math.Min(number, long.MaxValue / 4);
        });
        if (location is not null) _locations[location] = Math.Max(bytes, _locations.GetValueOrDefault(location));
    }
}
