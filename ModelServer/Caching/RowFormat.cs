using System.Buffers.Binary;

namespace ModelServer.Caching;

/// <summary>A row as Redis holds it: <c>version (1 byte) | check (8 bytes) | floats (4 bytes each, little-endian)</c>. The check is the start
/// of SHA-256 over key and floats: what was cut, changed or put under another key is not a row.</summary>
internal static class RowFormat
{
    private const byte Version = 1;
    private const int CheckBytes = 8;
    private const int HeaderBytes = 1 + CheckBytes;

    public static byte[] Write(CacheKey key, ReadOnlySpan<float> row)
    {
        var value = new byte[HeaderBytes + row.Length * sizeof(float)];
        value[0] = Version;
        var floats = value.AsSpan(HeaderBytes);
        for (var i = 0; i < row.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(floats[(i * sizeof(float))..], row[i]);
        WriteCheck(key, floats, value.AsSpan(1, CheckBytes));
        return value;
    }

    /// <summary>The row, or null when the bytes are not one of this version under this key.</summary>
    public static float[]? Read(CacheKey key, ReadOnlySpan<byte> value)
    {
        if (value.Length <= HeaderBytes || value[0] != Version || (value.Length - HeaderBytes) % sizeof(float) != 0) return null;
        var floats = value[HeaderBytes..];
        Span<byte> check = stackalloc byte[CheckBytes];
        WriteCheck(key, floats, check);
        if (!check.SequenceEqual(value.Slice(1, CheckBytes))) return null;

        var row = new float[floats.Length / sizeof(float)];
        for (var i = 0; i < row.Length; i++) row[i] = BinaryPrimitives.ReadSingleLittleEndian(floats[(i * sizeof(float))..]);
        return row;
    }

    private static void WriteCheck(CacheKey key, ReadOnlySpan<byte> floats, Span<byte> check)
    {
        Span<byte> bytes = stackalloc byte[CacheKey.Bytes];
        key.CopyTo(bytes);
        using var fields = new HashedFields();
        fields.AddBare(bytes);
        fields.AddBare(floats);
        fields.Hash(bytes);
        bytes[..CheckBytes].CopyTo(check);
    }
}
