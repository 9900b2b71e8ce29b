using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ModelServer.Caching;

/// <summary>Rows that the replicas share. Redis is a convenience here: slow, broken or absent, it answers that it knows nothing, within
/// the budget, and is left alone while it stays so. No method throws but for its caller's cancellation.</summary>
internal sealed class RedisRows(
    Task<IConnectionMultiplexer> connecting, IOptions<CacheOptions> options, CacheMetrics metrics, TimeProvider time, ILogger<RedisRows> logger)
{
    /// <summary>Writes not yet confirmed; beyond about as many rows are not written, so that a stalled server costs bounded memory.</summary>
    private const int MaxWrites = 4096;

    /// <summary>What hits are rare below, and what each key counts: after a start without a hit, and after each hit, that takes some hundred keys.</summary>
    private const double RareHits = 1 / 64d, Weight = 1 / 64d;
    private readonly CacheOptions _options = options.Value;
    private readonly BoundedRedis _redis = new(
        connecting, "answers come from this replica alone", options.Value.RedisBudget, new(options.Value.BreakerFailures, options.Value.BreakerPause, time), time, logger);
    private int _writes;

    /// <summary>The part of the keys asked for lately that were there; of several threads' news one may be lost.</summary>
    private double _hits = 1;

    /// <summary>Whether it had next to none of the last hundreds of keys.</summary>
    public bool HitsAreRare => Volatile.Read(ref _hits) < RareHits;

    /// <summary>Reads the rows of these keys in one round trip, in order; null for those that Redis does not have.</summary>
    public async Task<float[]?[]> ReadAsync(IReadOnlyList<CacheKey> keys, CancellationToken cancellationToken)
    {
        var rows = new float[]?[keys.Count];
        var start = time.GetTimestamp();
        var values = await _redis.TryAsync(database => database.StringGetAsync([.. keys.Select(Name)]), cancellationToken);
        for (var i = 0; values.Came && i < rows.Length; i++) rows[i] = RowFormat.Read(keys[i], (byte[]?)values.Value[i]);
        if (values.Came) Learn(rows);
        metrics.RedisRead(values.Outcome, time.GetElapsedTime(start));
        return rows;
    }

    /// <summary>Writes in the background; the caller does not wait for it.</summary>
    public void Write(CacheKey key, ReadOnlyMemory<float> row)
    {
        if (Volatile.Read(ref _writes) < MaxWrites) _ = _redis.TryAsync(database => WriteAsync(database, key, RowFormat.Write(key, row.Span))).AsTask();
    }

    private void Learn(float[]?[] rows)
    {
        var hits = Volatile.Read(ref _hits);
        foreach (var row in rows) hits += ((row is null ? 0 : 1) - hits) * Weight;
        Volatile.Write(ref _hits, hits);
    }

    private async Task<bool> WriteAsync(IDatabase database, CacheKey key, byte[] value)
    {
        // Counted until it is confirmed, however long that takes beyond the budget.
        Interlocked.Increment(ref _writes);
        try
        {
            return await database.StringSetAsync(Name(key), value, _options.TimeToLive, When.Always);
        }
        catch (RedisServerException)
        {
            // It answers, it only has no room: reading still pays.
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _writes);
        }
    }

    private static RedisKey Name(CacheKey key) => $"row:{key}";
}
