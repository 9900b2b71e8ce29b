using Microsoft.Extensions.Options;
using ServiceDefaults;
using StackExchange.Redis;

namespace ModelServer.Caching;

/// <summary>Rows that the replicas share. Redis is a convenience here: slow, broken or absent, it answers that it knows nothing, within
/// the budget, and is left alone while it stays so. No method throws but for its caller's cancellation.</summary>
internal sealed partial class RedisRows(
    Task<IConnectionMultiplexer> connecting, IOptions<CacheOptions> options, CacheMetrics metrics, TimeProvider time, ILogger<RedisRows> logger)
{
    /// <summary>Writes not yet confirmed; beyond them rows are not written, so that a stalled server costs bounded memory.</summary>
    private const int MaxWrites = 4096;
    private readonly CacheOptions _options = options.Value;
    private readonly CircuitBreaker _breaker = new(options.Value.BreakerFailures, options.Value.BreakerPause, time);
    private int _writes;

    /// <summary>What Redis has of these, in order, null for what it has not; one round trip.</summary>
    public async Task<float[]?[]> ReadAsync(IReadOnlyList<CacheKey> keys, CancellationToken cancellationToken)
    {
        var rows = new float[]?[keys.Count];
        if (!connecting.IsCompleted || !_breaker.TryEnter()) return rows;
        var start = time.GetTimestamp();
        var outcome = "ok";
        try
        {
            var database = (await connecting).GetDatabase();
            var values = await WithinBudgetAsync(database.StringGetAsync([.. keys.Select(Name)]), cancellationToken);
            for (var i = 0; i < rows.Length; i++) rows[i] = RowFormat.Read(keys[i], (byte[]?)values[i]);
            if (_breaker.Succeed()) LogAnswers();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            outcome = e is TimeoutException ? "timeout" : "error";
            Fail(e);
        }

        metrics.RedisRead(outcome, time.GetElapsedTime(start));
        return rows;
    }

    /// <summary>Writes behind the caller's back.</summary>
    public void Write(CacheKey key, float[] row)
    {
        if (!connecting.IsCompletedSuccessfully || _breaker.IsOpen) return;
        if (Interlocked.Increment(ref _writes) > MaxWrites) Interlocked.Decrement(ref _writes);
        else _ = WriteAsync(connecting.Result.GetDatabase(), key, RowFormat.Write(key, row));
    }

    private async Task WriteAsync(IDatabase database, CacheKey key, byte[] value)
    {
        try
        {
            await database.StringSetAsync(Name(key), value, _options.TimeToLive, When.Always);
        }
        catch (RedisServerException)
        {
            // It answers, it only has no room: reading still pays.
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            Interlocked.Decrement(ref _writes);
        }
    }

    private async Task<RedisValue[]> WithinBudgetAsync(Task<RedisValue[]> reading, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.WaitAsync(_options.RedisBudget, time, cancellationToken);
        }
        catch (TimeoutException) when (reading.IsCompletedSuccessfully)
        {
            // On a busy machine the answer can be there by the time the timer is heard.
            return await reading;
        }
        finally
        {
            // Nobody waits for it any more; its failure must not surface as unobserved.
            _ = reading.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private void Fail(Exception reason)
    {
        if (_breaker.Fail()) LogGivenUp(_options.BreakerPause.TotalSeconds, reason.Message);
    }

    private static RedisKey Name(CacheKey key) => $"row:{key}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer: answers come from this replica alone, the next try is in {Seconds} s ({Reason})")]
    private partial void LogGivenUp(double seconds, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers again")]
    private partial void LogAnswers();
}
