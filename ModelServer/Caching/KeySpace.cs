using System.Runtime.InteropServices;

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
        using var fields = new HashedFields();
        foreach (var part in parts) fields.Add(part);
        return HashOf(fields);
    }

    /// <param name="client">Who asks; told apart where the scope says so.</param>
    /// <param name="model">From <see cref="DigestOf"/>.</param>
    public static KeySpace Of(CacheScope scope, string client, ReadOnlySpan<byte> model)
    {
        using var fields = new HashedFields();
        fields.Add(RowFormat);
        fields.Add(scope == CacheScope.Client ? "client" : "shared");
        fields.Add(scope == CacheScope.Client ? client : "");
        fields.AddBare(model);
        return new(HashOf(fields));
    }

    /// <param name="attended">How many of the tokens are attended to; all if null.</param>
    /// <param name="asked">What of the row is asked for; empty for what every request gets.</param>
    public CacheKey Key(ReadOnlySpan<int> ids, ReadOnlySpan<int> typeIds, int? attended = null, ReadOnlySpan<int> asked = default)
    {
        using var fields = new HashedFields();
        fields.AddBare(_hash);
        fields.Add(MemoryMarshal.AsBytes(ids));
        fields.Add(MemoryMarshal.AsBytes(typeIds));
        if (attended is { } count && count != ids.Length) fields.Add(MemoryMarshal.AsBytes<int>([count]));
        if (asked.Length > 0)
        {
            fields.AddBare("asked"u8);
            fields.Add(MemoryMarshal.AsBytes(asked));
        }

        Span<byte> result = stackalloc byte[CacheKey.Bytes];
        fields.Hash(result);
        return CacheKey.From(result);
    }

    private static byte[] HashOf(in HashedFields fields)
    {
        var hash = new byte[CacheKey.Bytes];
        fields.Hash(hash);
        return hash;
    }
}
