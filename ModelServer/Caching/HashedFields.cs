using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ModelServer.Caching;

/// <summary>Fields that are hashed in one go: a hash that is fed piece by piece costs two native objects and four calls for each, as much as the hash itself.</summary>
internal ref struct HashedFields
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);
    private int _length;

    public HashedFields()
    {
    }

    public void Add(string text) => Add(MemoryMarshal.AsBytes(text.AsSpan()));

    /// <summary>With its length in front, so that no two lists of fields are one run of bytes.</summary>
    public void Add(scoped ReadOnlySpan<byte> field)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), field.Length);
        AddBare(field);
    }

    /// <summary>What has always the same length.</summary>
    public void AddBare(scoped ReadOnlySpan<byte> field) => field.CopyTo(Take(field.Length));

    /// <param name="hash">Takes SHA-256, all of it.</param>
    public readonly void Hash(scoped Span<byte> hash) => SHA256.HashData(_buffer.AsSpan(0, _length), hash);

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private Span<byte> Take(int bytes)
    {
        if (_length + bytes > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + bytes, _buffer.Length * 2));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _length += bytes;
        return _buffer.AsSpan(_length - bytes, bytes);
    }
}
