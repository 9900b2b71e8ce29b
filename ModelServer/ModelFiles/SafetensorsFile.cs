using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ModelServer.ModelFiles;

/// <summary>Reads single tensors of a safetensors file: <c>length of the header (8 bytes, little-endian) | header (JSON) | numbers</c>. What the header says is believed as
/// far as the file bears it out.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = sizeof(ulong);

    /// <summary>A header has about 100 bytes for each tensor.</summary>
    private const int MaxHeaderBytes = 16 << 20;

    /// <summary>Numbers of a tensor: far above what stands behind an encoder.</summary>
    private const int MaxNumbers = 1 << 27;
    private readonly FileStream _file;
    private readonly JsonDocument _header;
    private readonly long _start;
    private readonly string _name;

    /// <exception cref="ModelLoadException">The file is not one of this form.</exception>
    public SafetensorsFile(string path)
    {
        _name = Path.GetFileName(path);
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            if (_file.ReadAtLeast(length, LengthBytes, throwOnEndOfStream: false) < LengthBytes) throw Malformed("it ends before its header");
            var bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
            if (bytes > MaxHeaderBytes) throw Malformed("its header is too long");
            _start = LengthBytes + (long)bytes;
            if (_start > _file.Length) throw Malformed("it ends before its header does");
            var header = new byte[bytes];
            _file.ReadExactly(header);
            _header = Parse(header);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public bool Has(string tensor) => _header.RootElement.TryGetProperty(tensor, out _);

    /// <summary>A tensor's lengths; empty where it is one number.</summary>
    /// <exception cref="ModelLoadException">There is no such tensor, or its entry makes no sense.</exception>
    public int[] ShapeOf(string tensor) => Entry(tensor).Shape;

    /// <summary>The numbers of a tensor, row by row, whichever of F32, F16 and BF16 they are stored in.</summary>
    /// <exception cref="ModelLoadException">There is no such tensor, or it has another shape, other numbers or not all of them.</exception>
    public float[] Read(string tensor, params ReadOnlySpan<int> shape)
    {
        var (type, actual, begin, end) = Entry(tensor);
        if (!shape.SequenceEqual(actual)) throw Malformed($"'{tensor}' has the shape [{string.Join(", ", actual)}] instead of [{string.Join(", ", shape.ToArray())}]");
        var size = type is "F32" ? sizeof(float) : type is "F16" or "BF16" ? sizeof(short) : throw Malformed($"'{tensor}' is of {type}; F32, F16 and BF16 are read");
        var count = 1L;
        foreach (var length in actual) count = Math.Min(count * length, MaxNumbers + 1L);
        if (count > MaxNumbers) throw Malformed($"'{tensor}' is too large");
        if (begin < 0 || end - begin != count * size || end > _file.Length - _start) throw Malformed($"the numbers of '{tensor}' are not where the header says");

        var bytes = new byte[count * size];
        _file.Position = _start + begin;
        _file.ReadExactly(bytes);
        return Numbers(type, bytes, new float[count]);
    }

    public void Dispose()
    {
        _header.Dispose();
        _file.Dispose();
    }

    private static float[] Numbers(string type, byte[] bytes, float[] numbers)
    {
        if (type == "F32")
            for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        else if (type == "BF16")
            for (var i = 0; i < numbers.Length; i++) numbers[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort))) << 16);
        else TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), numbers);
        return numbers;
    }

    private JsonDocument Parse(byte[] header)
    {
        try
        {
            var document = JsonDocument.Parse(header, new() { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // As for any other header that is none.
        }

        throw Malformed("its header is not what it should be");
    }

    private (string Type, int[] Shape, long Begin, long End) Entry(string tensor)
    {
        if (!_header.RootElement.TryGetProperty(tensor, out var entry)) throw Malformed($"there is no tensor '{tensor}'");
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var dtype) || TextOf(dtype) is not { } type
            || !entry.TryGetProperty("shape", out var shape) || Whole(shape) is not { } lengths || lengths.Any(l => l > int.MaxValue)
            || !entry.TryGetProperty("data_offsets", out var offsets) || Whole(offsets) is not [var begin, var end])
            throw Malformed($"its entry for '{tensor}' is not what it should be");
        return (type, Array.ConvertAll(lengths, l => (int)l), begin, end);
    }

    /// <summary>A text; null for what is none, or none in Unicode.</summary>
    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A list of whole numbers that are not negative; null where it is none.</summary>
    private static long[]? Whole(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) return null;
        var numbers = new long[list.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetInt64(out numbers[i]) || numbers[i] < 0) return null;
        return numbers;
    }

    private ModelLoadException Malformed(string why) => new($"{_name}: {why}.");
}
