using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ModelServer.Caching;

/// <summary>The keys of one model version for one tenant: what the inputs of a request have in common, hashed once.</summary>
internal readonly struct KeySpace
{
    /// <summary>Raise it when rows come to mean something else, so that a new server never reads what an old one wrote.</summary>
    private const string RowFormat = "row 2";
    private readonly byte[] _hash;

    private KeySpace(byte[] hash) => _hash = hash;

    /// <summary>What rows of one model version have in common, hashed when it is loaded.</summary>
    /// <param name="parts">All that tells it from other models and versions; its fingerprint covers its tokenizer and its configuration.</param>
    public static byte[] DigestOf(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts) Append(hash, part);
        return hash.GetHashAndReset();
    }

    /// <param name="client">Who asks; told apart where the scope says so.</param>
    /// <param name="model">From <see cref="DigestOf"/>.</param>
    public static KeySpace Of(CacheScope scope, string client, ReadOnlySpan<byte> model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, RowFormat);
        Append(hash, scope == CacheScope.Client ? "client" : "shared");
        Append(hash, scope == CacheScope.Client ? client : "");
        hash.AppendData(model);
        return new(hash.GetHashAndReset());
    }

    /// <param name="attended">How many of the tokens are attended to; all if null.</param>
    /// <param name="asked">What of the row is asked for; empty for what every request gets.</param>
    public CacheKey Key(ReadOnlySpan<int> ids, ReadOnlySpan<int> typeIds, int? attended = null, ReadOnlySpan<int> asked = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hash);
        Append(hash, MemoryMarshal.AsBytes(ids));
        Append(hash, MemoryMarshal.AsBytes(typeIds));
        if (attended is { } count && count != ids.Length) Append(hash, MemoryMarshal.AsBytes<int>([count]));
        if (asked.Length > 0)
        {
            hash.AppendData("asked"u8);
            Append(hash, MemoryMarshal.AsBytes(asked));
        }

        Span<byte> result = stackalloc byte[CacheKey.Bytes];
        hash.GetHashAndReset(result);
        return CacheKey.From(result);
    }

    private static void Append(IncrementalHash hash, string text) => Append(hash, MemoryMarshal.AsBytes(text.AsSpan()));

    /// <summary>With its length in front, so that no two lists of fields are one run of bytes.</summary>
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, field.Length);
        hash.AppendData(length);
        hash.AppendData(field);
    }
}
