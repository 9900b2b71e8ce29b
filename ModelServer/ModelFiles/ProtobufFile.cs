using System.Text;

namespace ModelServer.ModelFiles;

/// <summary>Walks the fields of an ONNX file, a protobuf message, without reading what nobody asks for: weights are skipped.</summary>
internal sealed class ProtobufFile(string path) : IDisposable
{
    private const int MaxTextBytes = 4096;

    /// <summary>Messages within messages, as protobuf itself limits them. A visitor that walks what it is given walks deeper on the stack, whose end is the process's.</summary>
    private const int MaxDepth = 100;

    private const ulong FirstField = 1 << 3;

    /// <summary>ModelProto has no fields from here on.</summary>
    private const ulong LastField = 32 << 3;
    private const long MaxFileBytes = 1L << 50;
    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
    private int _depth;

    public long Length => _file.Length;

    /// <summary>Where the field begins that is being visited.</summary>
    public long Position => _file.Position;

    /// <summary>Visits the length-delimited fields up to <paramref name="end"/> by number and end, whatever the visitor reads of each.</summary>
    /// <param name="number">Visits the fields that are whole numbers, by number and value.</param>
    /// <exception cref="ModelLoadException">The file is not a protobuf message, or one of too many levels.</exception>
    public void EachField(long end, Action<int, long> visit, Action<int, ulong>? number = null)
    {
        if (++_depth > MaxDepth) throw Malformed();
        while (_file.Position < end)
        {
            var tag = Varint();
            var length = (tag & 7) switch
            {
                // No field has the number 0: zeros are a file that was made as long as it will be, and filled no further.
                _ when tag < FirstField => -1,
                0 => Number(tag, number),
                1 => 8,
                2 => (long)Varint(),
                5 => 4,
                _ => -1,
            };
            if (length > end - _file.Position && _depth == 1 && tag < LastField && length <= MaxFileBytes) throw Truncated(_file.Position + length);
            if (length < 0 || length > end - _file.Position) throw Malformed();
            var fieldEnd = _file.Position + length;
            if ((tag & 7) == 2) visit((int)(tag >> 3), fieldEnd);
            _file.Position = fieldEnd;
        }

        _depth--;
    }

    /// <summary>The field that ends at <paramref name="end"/> as text.</summary>
    /// <exception cref="ModelLoadException">It is too long for a name.</exception>
    public string Text(long end)
    {
        var length = end - _file.Position;
        if (length > MaxTextBytes) throw Malformed();
        Span<byte> bytes = stackalloc byte[(int)length];
        _file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The field that ends at <paramref name="end"/> as whole numbers, one after the other.</summary>
    public IEnumerable<long> Numbers(long end)
    {
        while (_file.Position < end) yield return (long)Varint();
    }

    public void Dispose() => _file.Dispose();

    private long Number(ulong tag, Action<int, ulong>? visit)
    {
        var value = Varint();
        visit?.Invoke((int)(tag >> 3), value);
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

    private string Name => Path.GetFileName(path);

    private ModelLoadException Truncated(long needed) => new($"{Name} ends before its graph does: it has {Length} bytes of at least {needed}. Copy it again.");

    private ModelLoadException Malformed() => new($"{Name} is not an ONNX file.");
}
