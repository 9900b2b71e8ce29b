using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Redis;
using StackExchange.Redis;

namespace ServiceDefaults.Authentication;

/// <summary>Asks Redis every second which tokens have been revoked, and writes those that Redis does not know, or has forgotten.</summary>
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
        HashSet<string> there = new(StringComparer.Ordinal);
        List<RedisValue> over = [];
        foreach (var entry in known.Value)
        {
            if (!entry.Value.TryParse(out long seconds)) continue;
            var expires = DateTimeOffset.FromUnixTimeSeconds(seconds);
            if (expires <= now)
            {
                over.Add(entry.Name);
                continue;
            }

            there.Add(entry.Name!);
            revoked.Add(entry.Name!, expires);
        }

        if (over.Count > 0) await _redis.TryAsync(database => database.HashDeleteAsync(Key, [.. over]));
        HashEntry[] missing = [.. revoked.Living().Where(r => !there.Contains(r.Key)).Select(r => new HashEntry(r.Key, r.Value.ToUnixTimeSeconds()))];
        if (missing.Length > 0)
            await _redis.TryAsync(async database =>
            {
                await database.HashSetAsync(Key, missing);
                return true;
            });
    }
}
