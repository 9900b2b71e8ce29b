namespace StackExchange.Redis;

/// <summary>A pub/sub channel by name, or a glob pattern over names.</summary>
public readonly struct RedisChannel : IEquatable<RedisChannel>
{
    private readonly RedisKey _name;

    private RedisChannel(RedisKey name, bool isPattern)
    {
        _name = name;
        IsPattern = isPattern;
    }

    public bool IsPattern { get; }

    public bool IsNullOrEmpty => _name.AsValue().IsNullOrEmpty;

    public static RedisChannel Literal(string value) => new(value, isPattern: false);

    public static RedisChannel Literal(byte[] value) => new(value, isPattern: false);

    public static RedisChannel Pattern(string value) => new(value, isPattern: true);

    public static RedisChannel Pattern(byte[] value) => new(value, isPattern: true);

    internal RedisValue AsValue() => _name.AsValue();

    public bool Equals(RedisChannel other) => IsPattern == other.IsPattern && _name == other._name;

    public override bool Equals(object? obj) => obj is RedisChannel other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_name, IsPattern);

    public override string ToString() => (string?)this ?? "(null)";

    public static implicit operator string?(RedisChannel key) => key._name;

    public static implicit operator byte[]?(RedisChannel key) => key._name;

    public static bool operator ==(RedisChannel x, RedisChannel y) => x.Equals(y);

    public static bool operator !=(RedisChannel x, RedisChannel y) => !x.Equals(y);
}
