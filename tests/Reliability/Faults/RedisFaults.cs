using Reliability.Cluster;
using Reliability.Load;

namespace Reliability.Faults;

/// <summary>What happens to Redis, without which the platform serves on.</summary>
internal static class RedisFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        // Longer than an API key is fresh.
        new("redis-killed", "Redis is killed for 7 to 9 s and comes back with its data", async context =>
        {
            await context.Cluster.Redis.Instance.KillAsync(context.Cancellation);
            await Task.Delay(context.Seconds(7, 9), context.Cancellation);
            await context.Cluster.Redis.StartAsync(context.Cancellation);
            context.Mended();
        }),
        new("redis-paused", "Redis stands still for 3 to 5 s", async context =>
        {
            await context.Cluster.Redis.Instance.PauseAsync(context.Seconds(3, 5), context.Cancellation);
            context.Mended();
        }),
        new("redis-slow", $"whatever Redis sends or gets comes {TcpFaultProxy.Delay.TotalMilliseconds} ms late, for 6 s", async context =>
        {
            context.Cluster.RedisProxy.Fault = NetworkFault.Slow;
            await context.WaitAsync(6);
            context.Cluster.RedisProxy.Fault = NetworkFault.None;
            context.Mended();
        }),
        new("redis-reset", "all connections to Redis are reset, five times", async context =>
        {
            for (var i = 0; i < 5; i++)
            {
                context.Cluster.RedisProxy.Reset();
                await Task.Delay(context.Seconds(0.3, 1.5), context.Cancellation);
            }
        }),
        new("redis-empty", "Redis is killed and comes back without its data: what is active stays active; API keys are gone and made anew", async context =>
        {
            var before = await Rollouts.ActiveAsync(context);
            // Not the version that would answer by itself.
            await Rollouts.ActivateAsync(context, ModelsFolder.LowVersion);
            await context.Cluster.Redis.Instance.KillAsync(context.Cancellation);
            await context.WaitAsync(2);
            await context.Cluster.Redis.StartAsync(context.Cancellation, isEmpty: true);
            context.Mended();
            await context.WaitAsync(3);
            await context.Cluster.RenewKeyAsync(context.Cancellation);
            context.Require(await Rollouts.ActiveAsync(context) == ModelsFolder.LowVersion, $"version {ModelsFolder.LowVersion} was active and is no more: {await Rollouts.ActiveAsync(context)}");
            if (before is not null) await Rollouts.ActivateAsync(context, before);
        })
        {
            Allowed = [new(Outcome.Denied)],
        },
    ];
}
