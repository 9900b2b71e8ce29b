using System.Runtime.InteropServices;
using System.Text;

namespace ModelServer.Tests.Encoders;

/// <summary>Writes an ONNX file (opset 14) field by field, so that a test can have any graph without a file of its own. Numbers in the calls are those of onnx.proto.</summary>
internal sealed class GraphWriter
{
    public const int Float = 1, Int32 = 6, Int64 = 7, Bool = 9, Half = 10, BFloat16 = 16;
    private readonly Message _graph = new();
    private readonly HashSet<string> _weights = [];
    private readonly List<byte> _external = [];
    private int _nodes;

    /// <summary>The file beside the graph that weights go to; null where they stay in it.</summary>
    public string? External { get; init; }

    /// <summary>What goes there.</summary>
    public byte[] ExternalBytes => [.. _external];

    /// <param name="shape">Numbers for fixed axes, names for free ones.</param>
    public void Input(string name, int type, params object[] shape) => _graph.Add(11, Value(name, type, shape));

    /// <summary>Gives a value away under a name.</summary>
    public void Output(string value, string name, int type, params object[] shape)
    {
        Add("Identity", [value], name, []);
        _graph.Add(12, Value(name, type, shape));
    }

    /// <returns>The name of what it gives.</returns>
    public string Node(string kind, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var output = $"{kind}_{_nodes}";
        Add(kind, inputs, output, attributes);
        return output;
    }

    public string Floats(string name, float[] values, params long[] shape) => Weight(name, Float, MemoryMarshal.AsBytes(values.AsSpan()), shape);

    public string Longs(string name, params long[] values) => Weight(name, Int64, MemoryMarshal.AsBytes(values.AsSpan()), values.Length);

    public string Long(string name, long value) => Weight(name, Int64, BitConverter.GetBytes(value));

    /// <summary>The upper half of each float.</summary>
    public string BFloats(string name, float[] values, params long[] shape)
        => Weight(name, BFloat16, MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)).AsSpan()), shape);

    public byte[] Build() => new Message().Add(1, 8).Add(7, _graph.Add(2, "graph")).Add(8, new Message().Add(1, "").Add(2, 14)).Bytes;

    private string Weight(string name, int type, ReadOnlySpan<byte> values, params long[] shape)
    {
        if (!_weights.Add(name)) return name;
        var tensor = new Message();
        foreach (var axis in shape) tensor.Add(1, axis);
        tensor.Add(2, type).Add(8, name);
        if (External is null || type == Int64) tensor.Add(9, values);
        else Put(tensor, values);
        _graph.Add(5, tensor);
        return name;
    }

    private void Put(Message tensor, ReadOnlySpan<byte> values)
    {
        foreach (var (key, value) in new[] { ("location", External!), ("offset", $"{_external.Count}"), ("length", $"{values.Length}") })
            tensor.Add(13, new Message().Add(1, key).Add(2, value));
        tensor.Add(14, 1);
        _external.AddRange(values);
    }

    private void Add(string kind, string[] inputs, string output, (string Name, object Value)[] attributes)
    {
        var node = new Message();
        foreach (var input in inputs) node.Add(1, input);
        node.Add(2, output).Add(3, $"node_{_nodes++}").Add(4, kind);
        foreach (var (name, value) in attributes)
        {
            var attribute = new Message().Add(1, name);
            if (value is int number) attribute.Add(3, number).Add(20, 2);
            else foreach (var i in (int[])value) attribute.Add(8, i);
            node.Add(5, value is int ? attribute : attribute.Add(20, 7));
        }

        _graph.Add(1, node);
    }

    private static Message Value(string name, int type, object[] shape)
    {
        var dimensions = new Message();
        foreach (var axis in shape) dimensions.Add(1, axis is int size ? new Message().Add(1, size) : new Message().Add(2, (string)axis));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, type).Add(2, dimensions)));
    }

    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public byte[] Bytes => [.. _bytes];

        public Message Add(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

        public Message Add(int field, Message message) => Add(field, message.Bytes);

        public Message Add(int field, ReadOnlySpan<byte> bytes)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)bytes.Length);
            _bytes.AddRange(bytes);
            return this;
        }

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
            _bytes.Add((byte)value);
        }
    }
}
