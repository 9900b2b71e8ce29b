using System.Buffers.Binary;
using System.Text;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>Tensors as bytes: little-endian, row by row; of texts, each behind its length in four bytes.</summary>
internal static class BinaryTensor
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static InferInput Read(string name, TensorType type, long[] shape, ReadOnlyMemory<byte> data)
    {
        var count = InputReader.Count(shape);
        if (type == TensorType.Text) return new(name, type, shape, default, ReadTexts(name, count, data.Span));
        var expected = (long)count * type.Bytes;
        if (data.Length != expected) throw InputReader.Wrong(name, $"has {data.Length} bytes of binary data; {count} elements of {type.Name} are {expected}.");
        if (type.Name == "BOOL" && data.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) >= 0) throw InputReader.Wrong(name, "has a truth value that is neither 0 nor 1.");
        return new(name, type, shape, data, null);
    }

    public static byte[] Write(string[] texts)
    {
        var bytes = new byte[texts.Sum(t => sizeof(uint) + Encoding.UTF8.GetByteCount(t))];
        var at = 0;
        foreach (var text in texts)
        {
            var length = Encoding.UTF8.GetBytes(text, bytes.AsSpan(at + sizeof(uint)));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), length);
            at += sizeof(uint) + length;
        }

        return bytes;
    }

    private static string[] ReadTexts(string name, int count, ReadOnlySpan<byte> data)
    {
        // Each has its length at least.
        if (count > data.Length / sizeof(uint)) throw Uneven(name, count);
        var texts = new string[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                if (data.Length < sizeof(uint)) throw Uneven(name, count);
                var length = BinaryPrimitives.ReadUInt32LittleEndian(data);
                data = data[sizeof(uint)..];
                if (length > data.Length) throw Uneven(name, count);
                texts[i] = Strict.GetString(data[..(int)length]);
                data = data[(int)length..];
            }
        }
        catch (DecoderFallbackException)
        {
            throw InputReader.Wrong(name, "has an element that is no text in UTF-8.");
        }

        return data.IsEmpty ? texts : throw Uneven(name, count);
    }

    private static InvalidFieldException Uneven(string name, int count) => InputReader.Wrong(name, $"has binary data that is not {count} elements of BYTES, each behind its length.");
}
