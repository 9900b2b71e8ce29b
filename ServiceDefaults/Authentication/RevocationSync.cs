using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Redis;
using StackExchange.Redis;

namespace ServiceDefaults.Authentication;

/// <summary>Asks Redis every second which tokens have been revoked, and writes those that Redis does not know, has forgotten, or would forget earlier.</summary>
internal sealed class RevocationSync(RevokedTokens revoked, TimeProvider time, ILogger<RevocationSync> logger, RedisConnection? redis = null) : BackgroundService
{
    private const string Key = "revoked-tokens";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Budget = TimeSpan.FromSeconds(5);
    private readonly BoundedRedis _redis = new(redis?.Connecting, "revoked tokens are those heard of so far", Budget, new(3, Interval, time), time, logger);

    /// <summary>Ends at once where no Redis is configured.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (redis is null) return;
        using var timer = new PeriodicTimer(Interval, time);
        do await SynchroniseAsync();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SynchroniseAsync()
    {
        var known = await _redis.TryAsync(database => database.HashGetAllAsync(Key));
        if (!known.Came) return;
        var now = time.GetUtcNow();
        Dictionary<string, DateTimeOffset> there = new(StringComparer.Ordinal);
        List<RedisValue> over = [];
        foreach (var entry in known.Value)
        {
            var end = Read(entry.Value);
            if (end <= now)
            {
                over.Add(entry.Name);
                continue;
            }

            there.Add(entry.Name!, end);
            revoked.Add(entry.Name!, end);
        }

        if (over.Count > 0) await _redis.TryAsync(database => database.HashDeleteAsync(Key, [.. over]));
        HashEntry[] missing = [.. revoked.Living().Where(r => !there.TryGetValue(r.Key, out var end) || end < r.Value).Select(r => new HashEntry(r.Key, r.Value.ToUnixTimeSeconds()))];
        if (missing.Length > 0)
            await _redis.TryAsync(async database =>
            {
                await database.HashSetAsync(Key, missing);
                return true;
            });
    }

    // Whoever wrote something else, such as milliseconds or no number, meant to revoke.
    private static DateTimeOffset Read(RedisValue value)
        => value.TryParse(out long seconds) && seconds < RevokedTokens.ForGood.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(Math.Max(0, seconds)) : RevokedTokens.ForGood;
}
