using StackExchange.Redis;

namespace Gateway.RateLimiting;

/// <summary>Keeps the ledger in Redis: one hash for each quota with a field for each slice of time, one script that reads and writes it atomically
/// by the server's own clock. It does what <see cref="SlidingWindow"/> does.</summary>
internal sealed class RedisLedger(BoundedRedis redis, LimitMetrics metrics) : IQuotaLedger
{
    private const string Script = """
        local limit, width, living, least, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
        local seen, seen_used, debt = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        local slice = math.floor(now / width)
        local name = string.format('%.0f', slice)
        local charges, order, used = {}, {}, 0
        local rows = redis.call('HGETALL', KEYS[1])
        for i = 1, #rows, 2 do
          local at = tonumber(rows[i])
          if at then
            -- One far ahead is of a clock that was set back.
            if at + living <= slice or at - living > slice then redis.call('HDEL', KEYS[1], rows[i])
            else charges[at] = tonumber(rows[i + 1]); order[#order + 1] = at end
          end
        end
        if #rows == 0 then
          -- Stays while charges come and go, so that a ledger on which all have lapsed is not taken for one that lost its memory.
          redis.call('HSET', KEYS[1], 'kept', 1)
          if seen > 0 and seen + living > slice and seen <= slice and seen_used > 0 then
            charges[seen] = seen_used; order[1] = seen
            redis.call('HSET', KEYS[1], string.format('%.0f', seen), string.format('%.0f', seen_used))
          end
        end
        for i = 9, #ARGV, 2 do
          local at = tonumber(ARGV[i])
          if charges[at] then
            charges[at] = math.max(0, charges[at] - tonumber(ARGV[i + 1]))
            redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f', charges[at]))
          end
        end
        for _, at in ipairs(order) do used = used + charges[at] end
        used = used + debt
        local free = math.max(0, limit - used)
        local granted = 0
        if least > 0 and least <= free then granted = math.max(least, math.min(wanted, math.floor(free / 8))) end
        used = used + granted
        if debt + granted > 0 then
          if not charges[slice] then order[#order + 1] = slice end
          charges[slice] = (charges[slice] or 0) + debt + granted
          redis.call('HSET', KEYS[1], name, string.format('%.0f', charges[slice]))
        end
        table.sort(order)
        local free_in, reset_in = 0, 0
        for _, at in ipairs(order) do
          if charges[at] > 0 then
            reset_in = (at + living) * width - now
            if granted == 0 and free < least then free_in = reset_in end
            free = free + charges[at]
          end
        end
        redis.call('PEXPIRE', KEYS[1], string.format('%.0f', (living + 1) * width))
        return {granted, used, slice, free_in, reset_in}
        """;

    public async ValueTask<QuotaGrant?> DrawAsync(string key, QuotaRule rule, QuotaDraw draw)
    {
        // Read inside, so that an answer of another form is a failure of Redis and never an exception here.
        var answer = await redis.TryAsync(async database => GrantOf((long[])(await database.ScriptEvaluateAsync(
            Script, [key], [rule.Limit, rule.SliceMilliseconds, rule.LivingSlices, draw.Least, draw.Wanted, draw.SeenSlice, draw.SeenUsed, draw.Debt, .. Flat(draw.Credits)]))!));
        metrics.Drawn(answer.Came);
        return answer.Came ? answer.Value : null;
    }

    private static QuotaGrant GrantOf(long[] fields)
        => new(fields[0], fields[1], fields[2], TimeSpan.FromMilliseconds(fields[3]), TimeSpan.FromMilliseconds(fields[4]));

    private static IEnumerable<RedisValue> Flat(IReadOnlyList<KeyValuePair<long, long>> credits)
    {
        foreach (var (slice, units) in credits)
        {
            yield return slice;
            yield return units;
        }
    }
}
