using System.Text;

namespace AppHost.Tests.Rollouts;

/// <summary>Makes of a classifier's graph one that computes the same answers several times, one after the other, and returns the last: as many times as slow,
/// by the engine's own work. Reads and writes ONNX' protocol buffers, whose fields are named by number.</summary>
internal static class RepeatedGraph
{
    private const string Input = "input_ids", Output = "logits";
    private const int ModelGraph = 7;
    private const int GraphNode = 1, GraphInitializer = 5, GraphInput = 11;
    private const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeType = 4, NodeAttribute = 5;
    private const int TensorDimension = 1, TensorType = 2, TensorName = 8, TensorData = 9, ValueName = 1;
    private const int AttributeName = 1, AttributeInteger = 3, AttributeKind = 20, IntegerAttribute = 2;
    private const int Float = 1, Int64 = 7;

    public static void Write(string file, int times)
    {
        var model = Fields(File.ReadAllBytes(file)).Select(field => field.Number == ModelGraph ? field with { Content = Repeat(field.Content, times) } : field);
        File.WriteAllBytes(file, Bytes(model));
    }

    private static byte[] Repeat(byte[] graph, int times)
    {
        var fields = Fields(graph).ToArray();
        var nodes = fields.Where(f => f.Number == GraphNode).ToArray();
        var shared = fields.Where(f => f.Number is GraphInitializer or GraphInput)
            .Select(f => Fields(f.Content).Single(inner => inner.Number == (f.Number == GraphInput ? ValueName : TensorName)).Text).ToHashSet();
        List<Field> repeated = [.. fields.Where(f => f.Number != GraphNode), Constant("repeat/first", Int64, new byte[sizeof(long)]), Constant("repeat/zero", Float, new byte[sizeof(float)])];
        var ids = Input;
        for (var pass = 1; pass <= times; pass++)
        {
            // The last one's names are the graph's own, its outputs among them.
            var suffix = pass == times ? "" : $"/pass{pass}";
            repeated.AddRange(nodes.Select(node => node with { Content = Bytes(Fields(node.Content).Select(f => Renamed(f, ids, suffix, shared))) }));
            if (pass == times) break;
            // The next pass begins with the ids and nothing times the answer of this one: it can neither be left out nor run beside it.
            var next = $"{Input}{suffix}";
            repeated.Add(Node("Gather", [Output + suffix, "repeat/first"], "repeat/gathered" + suffix, Attribute("axis", 1)));
            repeated.Add(Node("Mul", ["repeat/gathered" + suffix, "repeat/zero"], "repeat/nothing" + suffix));
            repeated.Add(Node("Cast", ["repeat/nothing" + suffix], "repeat/whole" + suffix, Attribute("to", Int64)));
            repeated.Add(Node("Add", [Input, "repeat/whole" + suffix], next));
            ids = next;
        }

        return Bytes(repeated);
    }

    private static Field Renamed(Field field, string ids, string suffix, HashSet<string> shared) => field.Number switch
    {
        NodeInput or NodeOutput or NodeName when field.Text.Length == 0 => field,
        NodeInput when field.Text == Input => Field.Of(NodeInput, ids),
        NodeInput or NodeOutput or NodeName when !shared.Contains(field.Text) => Field.Of(field.Number, field.Text + suffix),
        _ => field,
    };

    private static Field Node(string type, string[] inputs, string output, params Field[] attributes)
        => new(GraphNode, Bytes([.. inputs.Select(i => Field.Of(NodeInput, i)), Field.Of(NodeOutput, output), Field.Of(NodeName, output), Field.Of(NodeType, type), .. attributes]));

    private static Field Attribute(string name, ulong value)
        => new(NodeAttribute, Bytes([Field.Of(AttributeName, name), Field.Of(AttributeInteger, value), Field.Of(AttributeKind, IntegerAttribute)]));

    /// <summary>A vector with one element.</summary>
    private static Field Constant(string name, ulong type, byte[] value)
        => new(GraphInitializer, Bytes([Field.Of(TensorDimension, 1), Field.Of(TensorType, type), Field.Of(TensorName, name), new(TensorData, value)]));

    private static IEnumerable<Field> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
            if (wire == Field.Varint)
            {
                yield return Field.Of(number, Varint(message, ref at));
                continue;
            }

            var length = wire switch { Field.Bytes => (int)Varint(message, ref at), 5 => sizeof(int), 1 => sizeof(long), _ => throw new InvalidDataException($"Field {number} has the wire type {wire}.") };
            yield return new Field(number, message[at..(at + length)], wire);
            at += length;
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    private static byte[] Bytes(IEnumerable<Field> fields)
    {
        using var message = new MemoryStream();
        foreach (var field in fields)
        {
            message.Write(Encoded(((ulong)field.Number << 3) | (uint)field.Wire));
            if (field.Wire == Field.Bytes) message.Write(Encoded((ulong)field.Content.Length));
            message.Write(field.Content);
        }

        return message.ToArray();
    }

    private static byte[] Encoded(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    /// <param name="Content">What follows the tag and, of texts and messages, the length.</param>
    private sealed record Field(int Number, byte[] Content, int Wire = Field.Bytes)
    {
        public const int Varint = 0, Bytes = 2;

        public string Text => Encoding.UTF8.GetString(Content);

        public static Field Of(int number, string text) => new(number, Encoding.UTF8.GetBytes(text));

        public static Field Of(int number, ulong value) => new(number, Encoded(value), Varint);
    }
}
