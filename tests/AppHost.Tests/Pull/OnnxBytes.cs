using System.Text;

namespace AppHost.Tests.Pull;

/// <summary>Graphs without operators, in the format of ONNX: enough to be read, of any size.</summary>
internal static class OnnxBytes
{
    /// <summary>A graph with one tensor of so many bytes, the same for the same seed.</summary>
    public static byte[] WithWeights(int bytes, int seed = 1)
    {
        var weights = new byte[bytes];
        new Random(seed).NextBytes(weights);
        // TensorProto.raw_data = 9
        return Model(Field(9, weights));
    }

    /// <summary>A graph that keeps its weights in other files.</summary>
    // TensorProto.external_data = 13, of key = 1 and value = 2
    public static byte[] WithExternal(params string[] locations) => Model([.. locations.Select(l => Field(13, [.. Field(1, "location"u8), .. Field(2, Encoding.UTF8.GetBytes(l))]))]);

    /// <summary>GraphProto.initializer = 5 in ModelProto.graph = 7.</summary>
    private static byte[] Model(params byte[][] tensors) => Field(7, [.. tensors.SelectMany(t => Field(5, t))]);

    private static byte[] Field(int number, ReadOnlySpan<byte> content)
    {
        var head = new List<byte> { (byte)((number << 3) | 2) };
        var length = (uint)content.Length;
        for (; length >= 0x80; length >>= 7) head.Add((byte)(length | 0x80));
        head.Add((byte)length);
        var field = new byte[head.Count + content.Length];
        head.CopyTo(field);
        content.CopyTo(field.AsSpan(head.Count));
        return field;
    }
}
