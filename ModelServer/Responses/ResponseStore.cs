using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ModelServer.Responses;

/// <summary>The responses that callers may go on from. Each caller, by the subject of the token, has a room of its own: what others stored does not exist there.</summary>
/// <param name="connection">Null where no Redis is configured.</param>
internal sealed class ResponseStore(IOptions<ResponsesOptions> options, TimeProvider time, ILogger<ResponseStore> logger, RedisConnection? connection = null)
{
    private readonly ResponsesOptions _options = options.Value;
    private readonly BoundedRedis _redis = new(
        connection?.Connecting, "responses are not stored, and stored ones are not found", options.Value.RedisBudget, new(options.Value.BreakerFailures, options.Value.BreakerPause, time), time, logger);

    public bool IsConfigured => connection is not null;

    /// <exception cref="StoreUnavailableException">Redis does not answer.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!(await _redis.TryAsync(database => database.PingAsync(), cancellationToken)).Came) throw new StoreUnavailableException();
    }

    /// <returns>In order; null for those that the caller does not have.</returns>
    /// <exception cref="StoreUnavailableException">Redis does not answer.</exception>
    public async Task<StoredResponse?[]> ReadAsync(string client, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (!IsConfigured || ids.Count == 0) return new StoredResponse?[ids.Count];
        RedisKey[] keys = [.. ids.Select(id => Key(client, id))];
        var answer = await _redis.TryAsync(database => database.StringGetAsync(keys), cancellationToken);
        return answer.Came ? Array.ConvertAll(answer.Value, Read) : throw new StoreUnavailableException();
    }

    /// <returns>Whether it is stored now: it may be too large, and Redis may not answer or have no room.</returns>
    public async Task<bool> TryWriteAsync(string client, StoredResponse response, CancellationToken cancellationToken)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(response, ResponsesJson.Readable.StoredResponse);
        if (!IsConfigured || !Fits(value.Length)) return false;
        var answer = await _redis.TryAsync(database => WriteAsync(database, client, response.Response.Id, value), cancellationToken);
        return answer is { Came: true, Value: true };
    }

    /// <summary>Whether what has so many bytes may be stored.</summary>
    public bool Fits(long bytes) => bytes <= _options.MaxStoredBytes && bytes <= _options.MaxStoredBytesPerClient;

    /// <returns>Whether it was there.</returns>
    /// <exception cref="StoreUnavailableException">Redis does not answer.</exception>
    public async Task<bool> DeleteAsync(string client, string id, CancellationToken cancellationToken)
    {
        if (!IsConfigured) return false;
        // What its list says of it goes with the time.
        var answer = await _redis.TryAsync(database => database.KeyDeleteAsync(Key(client, id)), cancellationToken);
        return answer.Came ? answer.Value : throw new StoreUnavailableException();
    }

    private async Task<bool> WriteAsync(IDatabase database, string client, string id, byte[] value)
    {
        try
        {
            // 1. The response, its entry in the caller's list, and what the list has, in one round trip. An entry has the size, and its score is when it expires.
            var (list, now) = (ListKey(client), time.GetUtcNow());
            var batch = database.CreateBatch();
            var written = batch.StringSetAsync(Key(client, id), value, _options.TimeToLive, When.Always);
            var expired = batch.SortedSetRemoveRangeByScoreAsync(list, double.NegativeInfinity, now.ToUnixTimeMilliseconds());
            var added = batch.SortedSetAddAsync(list, string.Create(CultureInfo.InvariantCulture, $"{id} {value.Length}"), (now + _options.TimeToLive).ToUnixTimeMilliseconds());
            var entries = batch.SortedSetRangeByRankAsync(list);
            var expires = batch.KeyExpireAsync(list, _options.TimeToLive);
            batch.Execute();
            await Task.WhenAll(written, expired, added, entries, expires);

            // 2. The oldest beyond the caller's bounds. Two servers that do so at once delete the same ones.
            if (Excess(await entries) is { Length: > 0 } excess)
            {
                await database.KeyDeleteAsync([.. excess.Select(e => Key(client, IdOf(e)))]);
                await database.SortedSetRemoveAsync(list, excess);
            }

            return await written;
        }
        catch (RedisServerException)
        {
            // It answers, it only has no room: reading still pays.
            return false;
        }
    }

    /// <param name="entries">Oldest first.</param>
    private RedisValue[] Excess(RedisValue[] entries)
    {
        var (kept, bytes) = (0, 0L);
        for (var i = entries.Length - 1; i >= 0; i--, kept++)
        {
            bytes += SizeOf(entries[i]);
            if (kept == _options.MaxStoredPerClient || bytes > _options.MaxStoredBytesPerClient) return entries[..(i + 1)];
        }

        return [];
    }

    private static string IdOf(RedisValue entry) => entry.ToString().Split(' ')[0];

    private static long SizeOf(RedisValue entry) => long.TryParse(entry.ToString().Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0;

    private static StoredResponse? Read(RedisValue value)
    {
        if (value.IsNull) return null;
        try
        {
            return JsonSerializer.Deserialize(((ReadOnlyMemory<byte>)value).Span, ResponsesJson.Readable.StoredResponse);
        }
        catch (JsonException)
        {
            // Another version of the platform wrote it.
            return null;
        }
    }

    // In braces what decides where a cluster keeps it: all of a caller's in one place.
    private static RedisKey Key(string client, string id) => $"{ListKey(client)}:{id}";

    private static string ListKey(string client) => $"responses:{{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(client)))}}}";
}

/// <summary>Stored responses cannot be reached.</summary>
internal sealed class StoreUnavailableException() : Exception("Stored responses cannot be reached: Redis does not answer.");
