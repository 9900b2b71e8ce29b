using ServiceDefaults;

namespace Gateway.RateLimiting;

/// <summary>The ledger in Redis: one hash for each quota, one script that reads and writes it in one step by the server's own clock.</summary>
internal sealed class RedisLedger(BoundedRedis redis, LimitMetrics metrics) : IQuotaLedger
{
    // Invariant: in each window the grants, less the credits that name it, plus the debts, are `used`; a grant never lifts it above the limit.
    // A block is at most an eighth of what is free, so that gateways share the rest of a window evenly to its last unit.
    private const string Script = """
        local limit, window, least, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local seen, seen_used, credit, debt = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        local row = redis.call('HMGET', KEYS[1], 'start', 'used')
        local start, used = tonumber(row[1]), tonumber(row[2])
        if not start and seen > 0 and now < seen + window then start, used = seen, seen_used end
        if not start or now >= start + window or now < start - window then start, used = now, 0 end
        if seen == start then used = math.max(0, used - credit) end
        if seen == start or seen == 0 then used = used + debt end
        local free = math.max(0, limit - used)
        local granted = 0
        if least > 0 and least <= free then granted = math.max(least, math.min(wanted, math.floor(free / 8))) end
        used = used + granted
        local left = start + window - now
        redis.call('HSET', KEYS[1], 'start', start, 'used', used)
        redis.call('PEXPIRE', KEYS[1], left)
        return {granted, used, start, left}
        """;

    public async ValueTask<QuotaGrant?> DrawAsync(string key, QuotaRule rule, QuotaDraw draw)
    {
        var answer = await redis.TryAsync(database => database.ScriptEvaluateAsync(
            Script,
            [key],
            [rule.Limit, Math.Max(1, (long)rule.Window.TotalMilliseconds), draw.Least, draw.Wanted, draw.SeenStart, draw.SeenUsed, draw.Credit, draw.Debt]));
        metrics.Drawn(answer.Came);
        if (!answer.Came) return null;
        var fields = (long[])answer.Value!;
        return new(fields[0], fields[1], fields[2], TimeSpan.FromMilliseconds(fields[3]));
    }
}
