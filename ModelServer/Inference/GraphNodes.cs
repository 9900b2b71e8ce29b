using System.Text;
using ModelServer.Models;

namespace ModelServer.Inference;

/// <summary>One operator of a graph; those of other domains than ONNX's own are written <c>domain.Operator</c>.</summary>
internal sealed record GraphNode(string Operator, string[] Inputs, string[] Outputs);

/// <summary>Reads what the engine does not tell of an ONNX file: its operators, and the files its weights lie in. Weights are skipped, never read.</summary>
internal sealed class GraphNodes : IDisposable
{
    private const int MaxNameBytes = 4096;
    private readonly FileStream _file;

    private GraphNodes(string path) => _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);

    /// <exception cref="ModelLoadException">The file is not a protobuf message.</exception>
    public static List<GraphNode> Read(string path)
    {
        using var reader = new GraphNodes(path);
        var nodes = new List<GraphNode>();
        // Field numbers of onnx.proto: GraphProto.node = 1.
        reader.EachInGraph((field, end) =>
        {
            if (field == 1) nodes.Add(reader.Node(end));
        });
        return nodes;
    }

    /// <summary>The files outside the ONNX file that its weights lie in, as the graph names them: relative to its own folder.</summary>
    /// <exception cref="ModelLoadException">The file is not a protobuf message.</exception>
    public static HashSet<string> ReadExternalFiles(string path)
    {
        using var reader = new GraphNodes(path);
        var files = new HashSet<string>(StringComparer.Ordinal);
        // GraphProto.initializer = 5, TensorProto.external_data = 13.
        reader.EachInGraph((field, end) =>
        {
            if (field == 5) reader.EachField(end, (inTensor, entryEnd) =>
            {
                if (inTensor == 13 && reader.Entry(entryEnd) is ("location", var file)) files.Add(file);
            });
        });
        return files;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>ModelProto.graph = 7.</summary>
    private void EachInGraph(Action<int, long> visit) => EachField(_file.Length, (field, end) =>
    {
        if (field == 7) EachField(end, visit);
    });

    /// <summary>StringStringEntryProto: key = 1, value = 2.</summary>
    private (string Key, string Value) Entry(long end)
    {
        var (key, value) = ("", "");
        EachField(end, (field, fieldEnd) =>
        {
            if (field == 1) key = Text(fieldEnd);
            if (field == 2) value = Text(fieldEnd);
        });
        return (key, value);
    }

    /// <summary>NodeProto: input = 1, output = 2, op_type = 4, domain = 7.</summary>
    private GraphNode Node(long end)
    {
        var (inputs, outputs, name, domain) = (new List<string>(), new List<string>(), "", "");
        EachField(end, (field, fieldEnd) =>
        {
            if (field == 1) inputs.Add(Text(fieldEnd));
            if (field == 2) outputs.Add(Text(fieldEnd));
            if (field == 4) name = Text(fieldEnd);
            if (field == 7) domain = Text(fieldEnd);
        });
        return new GraphNode(domain is "" or "ai.onnx" ? name : $"{domain}.{name}", [.. inputs], [.. outputs]);
    }

    /// <summary>Visits the length-delimited fields up to <paramref name="end"/>, whatever the visitor reads of each.</summary>
    private void EachField(long end, Action<int, long> visit)
    {
        while (_file.Position < end)
        {
            var tag = Varint();
            var length = (tag & 7) switch
            {
                0 => Skip(),
                1 => 8,
                2 => (long)Varint(),
                5 => 4,
                _ => -1,
            };
            var fieldEnd = _file.Position + length;
            if (length < 0 || fieldEnd > end) throw Malformed();
            if ((tag & 7) == 2) visit((int)(tag >> 3), fieldEnd);
            _file.Position = fieldEnd;
        }
    }

    private long Skip()
    {
        Varint();
        return 0;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = _file.ReadByte();
            if (part < 0) break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw Malformed();
    }

    private string Text(long end)
    {
        var length = end - _file.Position;
        if (length > MaxNameBytes) throw Malformed();
        Span<byte> bytes = stackalloc byte[(int)length];
        _file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static ModelLoadException Malformed() => new("The graph is not an ONNX file.");
}
