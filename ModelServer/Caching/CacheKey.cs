using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ModelServer.Caching;

/// <summary>SHA-256 of all that a row depends on and of who may see it. What it was made of cannot be read back from it.</summary>
internal readonly record struct CacheKey(UInt128 High, UInt128 Low)
{
    public const int Bytes = SHA256.HashSizeInBytes;

    public static CacheKey From(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
