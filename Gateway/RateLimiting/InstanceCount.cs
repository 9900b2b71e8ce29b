using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

/// <summary>Counts the gateways that share the limits: those with a recent heartbeat in Redis, and never fewer than configured.</summary>
internal sealed class InstanceCount(IOptions<RateLimitingOptions> options)
{
    private int _seen;

    /// <summary>The name of this gateway in Redis.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    public int Current => Math.Max(Volatile.Read(ref _seen), options.Value.Instances);

    public void See(int living) => Volatile.Write(ref _seen, living);
}

/// <summary>Writes this gateway's heartbeat to Redis every second and reads how many others have one.</summary>
internal sealed class Heartbeat(BoundedRedis redis, InstanceCount instances, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Lifetime = TimeSpan.FromSeconds(5);

    private const string Beat = """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return redis.call('ZCARD', KEYS[1])
        """;

    public const string Key = "gateway:instances";

    public async Task BeatAsync()
    {
        var living = await redis.TryAsync(async database => (int)await database.ScriptEvaluateAsync(Beat, [Key], [instances.Id, (long)Lifetime.TotalMilliseconds]));
        if (living.Came) instances.See(living.Value);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await redis.TryAsync(database => database.ScriptEvaluateAsync("return redis.call('ZREM', KEYS[1], ARGV[1])", [Key], [instances.Id]));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do await BeatAsync();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
