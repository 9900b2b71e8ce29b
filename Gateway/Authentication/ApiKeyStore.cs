using System.Text.Json;
using StackExchange.Redis;

namespace Gateway.Authentication;

/// <summary>Keeps API keys in Redis and caches them in memory for some seconds, unknown ids too. While Redis does not answer, cached keys are valid for some minutes.</summary>
internal sealed class ApiKeyStore(RedisConnection? redis, TimeProvider time, ILogger<ApiKeyStore> logger)
{
    /// <summary>The most ids in the cache; one more empties it.</summary>
    private const int Capacity = 10_000;
    private const string Key = "api-keys";

    // In one step: a key that somebody else has just deleted must not come back.
    private const string Replace = """
        if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """;

    /// <summary>How long a cached key is valid while Redis does not answer.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5), Budget = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromSeconds(2);
    private readonly BoundedRedis _redis = new(redis?.Connecting, "API keys are those seen lately", Budget, new(5, Pause, time), time, logger);
    private readonly BoundedMemory<Sighting> _seen = new(Capacity);

    /// <exception cref="ApiKeysUnavailableException">Only Redis knows, and does not answer.</exception>
    public ValueTask<ApiKey?> FindAsync(string id)
        => _seen.TryGet(id, out var seen) && time.GetUtcNow() - seen.At < Fresh ? new(seen.Key) : AskAsync(id);

    /// <exception cref="ApiKeysUnavailableException">Redis does not answer.</exception>
    public async Task<ApiKey[]> ListAsync()
    {
        var all = await _redis.TryAsync(database => database.HashGetAllAsync(Key));
        return all.Came ? [.. all.Value.Select(e => Read(e.Value)).OfType<ApiKey>().OrderBy(k => k.CreatedAt)] : throw new ApiKeysUnavailableException();
    }

    /// <exception cref="ApiKeysUnavailableException">Redis does not answer.</exception>
    public async Task SaveAsync(ApiKey key)
    {
        if (!(await _redis.TryAsync(database => database.HashSetAsync(Key, key.Id, JsonOf(key)))).Came) throw new ApiKeysUnavailableException();
        Remember(key.Id, key);
    }

    /// <summary>Replaces a key that is there.</summary>
    /// <returns>Whether it still was.</returns>
    /// <exception cref="ApiKeysUnavailableException">Redis does not answer.</exception>
    public async Task<bool> TryReplaceAsync(ApiKey key)
    {
        var replaced = await _redis.TryAsync(async database => (bool)await database.ScriptEvaluateAsync(Replace, [Key], [key.Id, JsonOf(key)]));
        if (!replaced.Came) throw new ApiKeysUnavailableException();
        Remember(key.Id, replaced.Value ? key : null);
        return replaced.Value;
    }

    /// <exception cref="ApiKeysUnavailableException">Redis does not answer.</exception>
    public async Task<bool> DeleteAsync(string id)
    {
        var deleted = await _redis.TryAsync(database => database.HashDeleteAsync(Key, id));
        if (!deleted.Came) throw new ApiKeysUnavailableException();
        Remember(id, null);
        return deleted.Value;
    }

    private async ValueTask<ApiKey?> AskAsync(string id)
    {
        var answer = await _redis.TryAsync(database => database.HashGetAsync(Key, id));
        _seen.TryGet(id, out var seen);
        if (!answer.Came) return seen is not null && time.GetUtcNow() - seen.At < Stale ? seen.Key : throw new ApiKeysUnavailableException();
        // The same record while nothing has changed: what was made for it stays good.
        var key = seen?.Key is { } known && JsonOf(known).AsSpan().SequenceEqual((byte[]?)answer.Value) ? known : Read(answer.Value);
        Remember(id, key);
        return key;
    }

    private void Remember(string id, ApiKey? key) => _seen.Set(id, new(key, time.GetUtcNow()));

    private static byte[] JsonOf(ApiKey key) => JsonSerializer.SerializeToUtf8Bytes(key, ApiKeyJson.Default.ApiKey);

    private static ApiKey? Read(RedisValue value) => value.IsNull ? null : JsonSerializer.Deserialize((byte[])value!, ApiKeyJson.Default.ApiKey);

    /// <param name="Key">Null for an id that nobody has.</param>
    private sealed record Sighting(ApiKey? Key, DateTimeOffset At);
}

/// <summary>Redis does not answer, and no cached key can stand in.</summary>
internal sealed class ApiKeysUnavailableException() : Exception("API keys cannot be looked up now.");
