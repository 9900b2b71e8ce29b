using System.Text;

namespace StackExchange.Redis;

/// <summary>The name of something stored: text or bytes.</summary>
public readonly struct RedisKey : IEquatable<RedisKey>
{
    private readonly object? _key;

    public RedisKey(string? key) => _key = key;

    private RedisKey(byte[]? key) => _key = key;

    internal bool IsNull => _key is null;

    internal RedisValue AsValue() => _key is byte[] bytes ? bytes : (string?)_key;

    public RedisKey Append(RedisKey suffix) => this + suffix;

    public RedisKey Prepend(RedisKey prefix) => prefix + this;

    public bool Equals(RedisKey other)
    {
        if (_key is string a && other._key is string b) return a == b;
        if (_key is null || other._key is null) return _key is null && other._key is null;
        return ((byte[])this!).AsSpan().SequenceEqual((byte[])other!);
    }

    public override bool Equals(object? obj) => obj switch
    {
        RedisKey key => Equals(key),
        string text => Equals((RedisKey)text),
        byte[] bytes => Equals((RedisKey)bytes),
        _ => false,
    };

    public override int GetHashCode()
    {
        if (_key is null) return -1;
        var hash = default(HashCode);
        hash.AddBytes(((byte[])this!).AsSpan());
        return hash.ToHashCode();
    }

    public override string ToString() => (string?)this ?? "(null)";

    public static implicit operator RedisKey(string? key) => new(key);

    public static implicit operator RedisKey(byte[]? key) => new(key);

    public static implicit operator string?(RedisKey key) => key._key is byte[] bytes ? Encoding.UTF8.GetString(bytes) : (string?)key._key;

    public static implicit operator byte[]?(RedisKey key) => key._key is string text ? Encoding.UTF8.GetBytes(text) : (byte[]?)key._key;

    public static RedisKey operator +(RedisKey x, RedisKey y) =>
        x._key is byte[] || y._key is byte[]? (byte[])[.. (byte[]?)x ?? [], .. (byte[]?)y ?? []] : (string?)x._key + (string?)y._key;

    public static bool operator ==(RedisKey x, RedisKey y) => x.Equals(y);

    public static bool operator ==(RedisKey x, string y) => x.Equals((RedisKey)y);

    public static bool operator ==(string x, RedisKey y) => y.Equals((RedisKey)x);

    public static bool operator ==(RedisKey x, byte[] y) => x.Equals((RedisKey)y);

    public static bool operator ==(byte[] x, RedisKey y) => y.Equals((RedisKey)x);

    public static bool operator !=(RedisKey x, RedisKey y) => !(x == y);

    public static bool operator !=(RedisKey x, string y) => !(x == y);

    public static bool operator !=(string x, RedisKey y) => !(x == y);

    public static bool operator !=(RedisKey x, byte[] y) => !(x == y);

    public static bool operator !=(byte[] x, RedisKey y) => !(x == y);
}
