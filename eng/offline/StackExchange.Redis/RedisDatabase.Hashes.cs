namespace StackExchange.Redis;

internal sealed partial class RedisDatabase
{
    public Task<RedisValue> HashGetAsync(RedisKey key, RedisValue hashField, CommandFlags flags = CommandFlags.None) =>
        SendAsync("HGET", [Value(key), hashField], ReadValue, flags);

    public Task<RedisValue[]> HashGetAsync(RedisKey key, RedisValue[] hashFields, CommandFlags flags = CommandFlags.None) =>
        hashFields.Length == 0 ? Task.FromResult<RedisValue[]>([]) : SendAsync("HMGET", [Value(key), .. hashFields], ReadValues, flags);

    public Task<HashEntry[]> HashGetAllAsync(RedisKey key, CommandFlags flags = CommandFlags.None) =>
        SendAsync("HGETALL", [Value(key)], ReadEntries, flags);

    public Task HashSetAsync(RedisKey key, HashEntry[] hashFields, CommandFlags flags = CommandFlags.None) =>
        hashFields.Length == 0
            ? Task.CompletedTask
            : SendAsync("HSET", [Value(key), .. hashFields.SelectMany(entry => new[] { entry.Name, entry.Value })], ReadInteger, flags);

    public Task<bool> HashSetAsync(
        RedisKey key, RedisValue hashField, RedisValue value, When when = When.Always, CommandFlags flags = CommandFlags.None) => when switch
        {
            When.Always when value.IsNull => HashDeleteAsync(key, hashField, flags),
            When.Always => SendAsync("HSET", [Value(key), hashField, value], ReadBoolean, flags),
            When.NotExists => SendAsync("HSETNX", [Value(key), hashField, value], ReadBoolean, flags),
            _ => throw new ArgumentException($"{when} is not valid in this context; the permitted values are: Always, NotExists"),
        };

    public Task<bool> HashDeleteAsync(RedisKey key, RedisValue hashField, CommandFlags flags = CommandFlags.None) =>
        SendAsync("HDEL", [Value(key), hashField], ReadBoolean, flags);

    public Task<long> HashDeleteAsync(RedisKey key, RedisValue[] hashFields, CommandFlags flags = CommandFlags.None) =>
        hashFields.Length == 0 ? Task.FromResult(0L) : SendAsync("HDEL", [Value(key), .. hashFields], ReadInteger, flags);

    public Task<long> HashIncrementAsync(RedisKey key, RedisValue hashField, long value = 1, CommandFlags flags = CommandFlags.None) =>
        SendAsync("HINCRBY", [Value(key), hashField, value], ReadInteger, flags);

    private static HashEntry[] ReadEntries(RespReply reply)
    {
        var items = reply.Items ?? [];
        var entries = new HashEntry[items.Length / 2];
        for (var i = 0; i < entries.Length; i++) entries[i] = new(items[2 * i].Value, items[(2 * i) + 1].Value);
        return entries;
    }
}
