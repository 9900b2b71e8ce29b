using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Redis;
using StackExchange.Redis;

namespace ServiceDefaults.Rollouts;

/// <summary>Keeps the documents in two hashes of Redis, by model: the JSON and its revision. Every change is one script and is told on a channel.</summary>
internal sealed class RedisRollouts(RedisConnection redis, TimeProvider time, ILogger<RedisRollouts> logger) : IRolloutStore
{
    // One slot for all, so that the script works in a cluster too.
    private const string Documents = "{rollouts}:documents", Revisions = "{rollouts}:revisions", Leases = "{rollouts}:lease:";

    /// <summary>Writes when the revision there is ARGV[2] (a swap), or lower than the document's (ARGV[2] empty).</summary>
    private const string Write = """
        local there = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')
        local wanted = tonumber(ARGV[2])
        if wanted and there ~= wanted then return 0 end
        if there >= tonumber(ARGV[3]) then return 0 end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
        redis.call('PUBLISH', ARGV[5], ARGV[1])
        return 1
        """;

    private const string Renew = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else return 0 end";

    private const string GiveBack = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end";

    private static readonly RedisChannel Channel = RedisChannel.Literal("rollouts");

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long a lease outlives its owner.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    private readonly BoundedRedis _redis = new(redis.Connecting, "what is active is what was heard of last, and cannot be changed", Budget, new(3, Pause, time), time, logger);

    public async ValueTask<IReadOnlyCollection<Rollout>?> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await _redis.TryAsync(database => database.HashGetAllAsync(Documents), cancellationToken);
        return answer.Came ? [.. answer.Value.Select(entry => Parse(entry.Value)).OfType<Rollout>()] : null;
    }

    public async ValueTask<SwapOutcome> TrySwapAsync(Rollout next, CancellationToken cancellationToken)
    {
        var answer = await WriteAsync(next, next.Revision - 1, cancellationToken);
        return !answer.Came ? SwapOutcome.Unavailable : (long)answer.Value == 1 ? SwapOutcome.Swapped : SwapOutcome.Outdated;
    }

    public async ValueTask RestoreAsync(Rollout known, CancellationToken cancellationToken) => await WriteAsync(known, RedisValue.EmptyString, cancellationToken);

    public IDisposable Subscribe(Action changed) => new Subscription(redis.Connecting, changed);

    public async ValueTask<IAsyncDisposable?> TryLeaseAsync(string model, CancellationToken cancellationToken)
    {
        RedisKey key = Leases + model;
        var owner = Guid.NewGuid().ToString("N");
        var answer = await _redis.TryAsync(database => database.StringSetAsync(key, owner, LeaseTime, When.NotExists), cancellationToken);
        return answer is { Came: true, Value: true } ? new Lease(_redis, key, owner, time) : null;
    }

    private ValueTask<RedisAnswer<RedisResult>> WriteAsync(Rollout rollout, RedisValue expected, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(rollout, RolloutJson.Default.Rollout);
        return _redis.TryAsync(database => database.ScriptEvaluateAsync(
            Write, [Documents, Revisions], [rollout.Model, expected, rollout.Revision, json, Channel.ToString()]), cancellationToken);
    }

    private static Rollout? Parse(RedisValue json)
    {
        try
        {
            return JsonSerializer.Deserialize((string?)json ?? "null", RolloutJson.Default.Rollout);
        }
        catch (JsonException)
        {
            // Of a later release, or somebody else's: what is known stays.
            return null;
        }
    }

    /// <summary>Renewed until it is given back; whoever dies loses it after <see cref="LeaseTime"/>.</summary>
    private sealed class Lease : IAsyncDisposable
    {
        private readonly BoundedRedis _redis;
        private readonly RedisKey _key;
        private readonly string _owner;
        private readonly ITimer _renewal;

        public Lease(BoundedRedis redis, RedisKey key, string owner, TimeProvider time)
        {
            _redis = redis;
            _key = key;
            _owner = owner;
            _renewal = time.CreateTimer(static lease => _ = ((Lease)lease!).RunAsync(Renew), this, LeaseTime / 3, LeaseTime / 3);
        }

        public async ValueTask DisposeAsync()
        {
            await _renewal.DisposeAsync();
            await RunAsync(GiveBack);
        }

        private async Task RunAsync(string script)
            => await _redis.TryAsync(database => database.ScriptEvaluateAsync(script, [_key], [_owner, (long)LeaseTime.TotalMilliseconds]));
    }

    private sealed class Subscription : IDisposable
    {
        private readonly Task<ISubscriber?> _subscribing;
        private readonly Action<RedisChannel, RedisValue> _handler;

        public Subscription(Task<IConnectionMultiplexer> connecting, Action changed)
        {
            _handler = (_, _) => changed();
            _subscribing = SubscribeAsync(connecting);
        }

        public void Dispose()
        {
            // A subscription that was never made ends with its connection.
            if (_subscribing is { IsCompletedSuccessfully: true, Result: { } subscriber }) subscriber.Unsubscribe(Channel, _handler, CommandFlags.FireAndForget);
        }

        private async Task<ISubscriber?> SubscribeAsync(Task<IConnectionMultiplexer> connecting)
        {
            try
            {
                var subscriber = (await connecting).GetSubscriber();
                await subscriber.SubscribeAsync(Channel, _handler);
                return subscriber;
            }
            catch (RedisException)
            {
                // Polling finds the changes then, a little later.
                return null;
            }
        }
    }
}
