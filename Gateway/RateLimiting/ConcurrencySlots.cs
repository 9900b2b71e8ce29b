
namespace Gateway.RateLimiting;

/// <summary>Limits one client's concurrent requests over all gateways. Each gateway writes to Redis how many slots it holds, as an absolute number that
/// lapses when it is not renewed, so that a lost answer changes nothing and a dead gateway's slots come back.
/// Invariant: this gateway never runs more than it holds, and all hold no more than the limit together.
/// While Redis does not answer, each gateway has its share of the limit.</summary>
internal sealed class ConcurrencySlots(string key, int limit, BoundedRedis redis, InstanceCount instances)
{
    /// <summary>How long slots stay taken after their gateway last renewed them.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private const string Script = """
        local me, wanted, running, limit, life = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        local rows, others = redis.call('HGETALL', KEYS[1]), 0
        for i = 1, #rows, 2 do
          local held, lapses = string.match(rows[i + 1], '(%d+):(%d+)')
          if tonumber(lapses) < now then redis.call('HDEL', KEYS[1], rows[i])
          elseif rows[i] ~= me then others = others + tonumber(held) end
        end
        local held = math.max(running, math.min(wanted, limit - others))
        if held == 0 then redis.call('HDEL', KEYS[1], me)
        else redis.call('HSET', KEYS[1], me, string.format('%d:%.0f', held, now + life)) end
        redis.call('PEXPIRE', KEYS[1], life)
        return held
        """;

    // Guards all fields; not held while Redis is asked, which at most one task does.
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private int _running;
    private int _held;
    private bool _isSyncing;
    private bool _isStale;

    public int Limit => limit;

    public bool IsIdle
    {
        get { lock (_gate) return _running == 0 && _held == 0 && !_isSyncing; }
    }

    /// <summary>False when all slots are taken. After true, <see cref="Release"/> must follow.</summary>
    public ValueTask<bool> TryEnterAsync()
    {
        TaskCompletionSource<bool> entry;
        lock (_gate)
        {
            if (_running < _held)
            {
                _running++;
                return new(true);
            }

            entry = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(entry);
        }

        Sync();
        return new(entry.Task);
    }

    public void Release()
    {
        lock (_gate) _running--;
        Sync();
    }

    /// <summary>Keeps the slots of long requests from lapsing.</summary>
    public void Renew()
    {
        lock (_gate)
            if (_running == 0) return;
        Sync();
    }

    private void Sync()
    {
        lock (_gate)
        {
            _isStale = true;
            if (_isSyncing) return;
            _isSyncing = true;
        }

        _ = SyncAsync();
    }

    private async Task SyncAsync()
    {
        while (true)
        {
            int running, wanted;
            TaskCompletionSource<bool>[] entering;
            lock (_gate)
            {
                if (!_isStale)
                {
                    _isSyncing = false;
                    return;
                }

                _isStale = false;
                running = _running;
                entering = [.. _waiting];
                _waiting.Clear();
                wanted = running + entering.Length;
                // Nobody enters on a slot that we are about to give back.
                _held = Math.Min(_held, running);
            }

            var answer = await redis.TryAsync(async database => (int)await database.ScriptEvaluateAsync(
                Script, [key], [instances.Id, wanted, running, limit, (long)Lifetime.TotalMilliseconds]));
            lock (_gate)
            {
                var held = answer.Came ? answer.Value : Math.Max(running, Math.Min(wanted, Math.Max(1, limit / instances.Current)));
                var free = held - running;
                _running += Math.Min(free, entering.Length);
                _held = answer.Came ? held : _running;
                for (var i = 0; i < entering.Length; i++) entering[i].SetResult(i < free);
            }
        }
    }
}
