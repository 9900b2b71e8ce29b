namespace StackExchange.Redis;

internal sealed partial class RedisDatabase(ConnectionMultiplexer multiplexer, int database) : RedisBase(multiplexer), IDatabase
{
    public int Database => database;

    public bool IsConnected(RedisKey key, CommandFlags flags = CommandFlags.None) => Connection.IsConnected;

    public Task<RedisValue> StringGetAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        SendAsync("GET", [Value(key)], ReadValue, flags);

    public Task<RedisValue[]> StringGetAsync(RedisKey[] keys, CommandFlags flags = CommandFlags.None) =>
        keys.Length == 0 ? Task.FromResult<RedisValue[]>([]) : SendAsync("MGET", Values(keys), ReadValues, flags);

    public Task<bool> StringSetAsync(RedisKey key, RedisValue value, TimeSpan? expiry, When when) =>
        StringSetAsync(key, value, expiry, false, when);

    public Task<bool> StringSetAsync(RedisKey key, RedisValue value, TimeSpan? expiry, When when, CommandFlags flags) =>
        StringSetAsync(key, value, expiry, false, when, flags);

    public Task<bool> StringSetAsync(
        RedisKey key, RedisValue value, TimeSpan? expiry, bool keepTtl, When when = When.Always, CommandFlags flags = CommandFlags.None) =>
        StringSetAsync(key, value, expiry is { } ttl ? ttl : keepTtl ? Expiration.KeepTtl : Expiration.Default, when, flags);

    public Task<bool> StringSetAsync(
        RedisKey key, RedisValue value, Expiration expiry = default, ValueCondition when = default, CommandFlags flags = CommandFlags.None)
    {
        // As the official client has it: setting nothing deletes.
        if (value.IsNull) return SendAsync("DEL", [Value(key)], ReadBoolean, flags);
        var arguments = new List<RedisValue>(5) { Value(key), value };
        expiry.AddTo(arguments);
        if (when.Kind != When.Always) arguments.Add(when.Kind == When.Exists ? "XX" : "NX");
        return SendAsync("SET", [.. arguments], ReadBoolean, flags);
    }

    public Task<long> StringIncrementAsync(RedisKey key, long value = 1, CommandFlags flags = CommandFlags.None) =>
        SendAsync("INCRBY", [Value(key), value], ReadInteger, flags);

    public Task<double> StringIncrementAsync(RedisKey key, double value, CommandFlags flags = CommandFlags.None) =>
        SendAsync("INCRBYFLOAT", [Value(key), value], ReadDouble, flags);

    public Task<long> StringDecrementAsync(RedisKey key, long value = 1, CommandFlags flags = CommandFlags.None) =>
        StringIncrementAsync(key, checked(-value), flags);

    public Task<bool> KeyDeleteAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        SendAsync("DEL", [Value(key)], ReadBoolean, flags);

    public Task<long> KeyDeleteAsync(RedisKey[] keys, CommandFlags flags = CommandFlags.None) => CountAsync("DEL", keys, flags);

    public Task<bool> KeyExistsAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        SendAsync("EXISTS", [Value(key)], ReadBoolean, flags);

    public Task<long> KeyExistsAsync(RedisKey[] keys, CommandFlags flags = CommandFlags.None) => CountAsync("EXISTS", keys, flags);

    public Task<bool> KeyExpireAsync(RedisKey key, TimeSpan? expiry, CommandFlags flags) =>
        KeyExpireAsync(key, expiry, ExpireWhen.Always, flags);

    public Task<bool> KeyExpireAsync(RedisKey key, TimeSpan? expiry, ExpireWhen when = ExpireWhen.Always, CommandFlags flags = CommandFlags.None)
    {
        if (expiry is { } ttl && ttl != TimeSpan.MaxValue)
        {
            var milliseconds = ttl.Ticks / TimeSpan.TicksPerMillisecond;
            return SendAsync("PEXPIRE", when == ExpireWhen.Always ? [Value(key), milliseconds] : [Value(key), milliseconds, Condition(when)], ReadBoolean, flags);
        }

        if (when != ExpireWhen.Always) throw new ArgumentException("PERSIST cannot be used with when.", nameof(when));
        return SendAsync("PERSIST", [Value(key)], ReadBoolean, flags);
    }

    public Task<TimeSpan?> KeyTimeToLiveAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        // Negative: the key is not there, or it stays for ever.
        SendAsync("PTTL", [Value(key)], reply => (long)reply.Value is >= 0 and var left ? TimeSpan.FromMilliseconds(left) : (TimeSpan?)null, flags);

    public Task<RedisResult> ExecuteAsync(string command, params object[] args) => ExecuteFreelyAsync(command, args, CommandFlags.None);

    public Task<RedisResult> ExecuteAsync(string command, ICollection<object>? args, CommandFlags flags = CommandFlags.None) =>
        ExecuteFreelyAsync(command, args, flags);

    public Task<long> PublishAsync(RedisChannel channel, RedisValue message, CommandFlags flags = CommandFlags.None) =>
        SendAsync("PUBLISH", [channel.AsValue(), message], ReadInteger, flags);

    private Task<long> CountAsync(string command, RedisKey[] keys, CommandFlags flags) =>
        keys.Length == 0 ? Task.FromResult(0L) : SendAsync(command, Values(keys), ReadInteger, flags);

    private static RedisValue Value(RedisKey key) =>
        key.IsNull ? throw new ArgumentException("A null key is not valid in this context") : key.AsValue();

    private static RedisValue Condition(ExpireWhen when) => when switch
    {
        ExpireWhen.GreaterThanCurrentExpiry => "GT",
        ExpireWhen.HasExpiry => "XX",
        ExpireWhen.HasNoExpiry => "NX",
        ExpireWhen.LessThanCurrentExpiry => "LT",
        _ => throw new ArgumentOutOfRangeException(nameof(when)),
    };
}
