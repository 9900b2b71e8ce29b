using System.Globalization;

namespace ModelServer.ModelFiles;

/// <summary>A weight of a graph, where its numbers lie in a file one after the other.</summary>
/// <param name="Type">As <c>TensorProto.DataType</c> counts.</param>
/// <param name="File">Full path of the file that holds them.</param>
/// <param name="Offset">Where they begin in it, in bytes.</param>
internal sealed record GraphInitializer(string Name, int Type, long[] Shape, string File, long Offset, long Bytes);

/// <summary>Reads where the weights of an ONNX file lie.</summary>
internal sealed class GraphInitializers : IDisposable
{
    private readonly string _path;
    private readonly ProtobufFile _file;
    private readonly List<GraphInitializer> _found = [];

    private GraphInitializers(string path)
    {
        _path = path;
        _file = new(path);
    }

    /// <returns>All but those whose numbers are written as fields of their own, which are small.</returns>
    /// <exception cref="ModelLoadException">The file is not a protobuf message.</exception>
    public static IReadOnlyList<GraphInitializer> Read(string path)
    {
        using var reader = new GraphInitializers(path);
        // Field numbers of onnx.proto: ModelProto.graph = 7; GraphProto.initializer = 5.
        reader._file.EachField(reader._file.Length, (field, end) =>
        {
            if (field == 7) reader._file.EachField(end, (part, partEnd) =>
            {
                if (part == 5) reader.Tensor(partEnd);
            });
        });
        return reader._found;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9, external_data = 13.</summary>
    private void Tensor(long end)
    {
        var (name, type, shape, at, bytes) = ("", 0, new List<long>(), -1L, 0L);
        var external = new Dictionary<string, string>(StringComparer.Ordinal);
        _file.EachField(
            end,
            (field, fieldEnd) =>
            {
                if (field == 1) shape.AddRange(_file.Numbers(fieldEnd));
                if (field == 8) name = _file.Text(fieldEnd);
                if (field == 9) (at, bytes) = (_file.Position, fieldEnd - _file.Position);
                if (field == 13) Entry(fieldEnd, external);
            },
            (field, value) =>
            {
                if (field == 1) shape.Add((long)value);
                if (field == 2) type = (int)value;
            });
        if (external.TryGetValue("location", out var location))
        {
            var folder = Path.GetDirectoryName(_path)!;
            var file = Path.GetFullPath(Path.Combine(folder, location));
            // No graph leads out of its folder: the engine refuses it.
            if (!file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return;
            var offset = Number(external, "offset") ?? 0;
            _found.Add(new(name, type, [.. shape], file, offset, Number(external, "length") ?? new FileInfo(file).Length - offset));
        }
        else if (at >= 0)
        {
            _found.Add(new(name, type, [.. shape], _path, at, bytes));
        }
    }

    /// <summary>StringStringEntryProto: key = 1, value = 2.</summary>
    private void Entry(long end, Dictionary<string, string> entries)
    {
        var (key, value) = ("", "");
        _file.EachField(end, (field, fieldEnd) =>
        {
            if (field == 1) key = _file.Text(fieldEnd);
            if (field == 2) value = _file.Text(fieldEnd);
        });
        entries[key] = value;
    }

    private static long? Number(Dictionary<string, string> entries, string key)
        => entries.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
