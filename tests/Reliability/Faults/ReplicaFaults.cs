using Reliability.Load;

namespace Reliability.Faults;

/// <summary>What happens to model servers.</summary>
internal static class ReplicaFaults
{
    /// <summary>Streams of a model server that died end with an error event: what it knew of them died with it.</summary>
    private static readonly Allowance[] StreamsEndWithAnError = [new(Outcome.ErrorEvent)];

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("replica-killed", "a model server is killed and started again some seconds later", async context =>
        {
            var replica = context.AnyReplica();
            await replica.KillAsync(context.Cancellation);
            await Task.Delay(context.Seconds(2, 5), context.Cancellation);
            replica.Start();
            context.Mended();
        })
        {
            Allowed = StreamsEndWithAnError,
        },
        new("replica-stopped", "a model server is told to stop, drains, and is started again", async context =>
        {
            var replica = context.AnyReplica();
            var code = await replica.StopAsync(context.Cancellation);
            context.Require(code == 0, $"{replica.Name} stopped with exit code {code}");
            replica.Start();
            context.Mended();
        }),
        new("replica-paused", "a model server's threads stand still for 5 to 7 s", async context =>
        {
            await context.AnyReplica().PauseAsync(context.Seconds(5, 7), context.Cancellation);
            context.Mended();
        }),
        new("replica-stutters", "a model server's threads stand still for 0.3 to 1 s, four times", async context =>
        {
            for (var i = 0; i < 4; i++)
            {
                await context.AnyReplica().PauseAsync(context.Seconds(0.3, 1), context.Cancellation);
                await Task.Delay(context.Seconds(0.2, 1), context.Cancellation);
            }
        }),
        new("replicas-rolling", "every model server is told to stop and is started again, one after the other, as in a rolling update", async context =>
        {
            foreach (var replica in context.Cluster.Replicas)
            {
                var code = await replica.StopAsync(context.Cancellation);
                context.Require(code == 0, $"{replica.Name} stopped with exit code {code}");
                replica.Start();
                context.Mended();
                await context.Cluster.HealthyAsync(TimeSpan.FromSeconds(60), context.Cancellation);
            }
        }),
        new("two-replicas-killed", "two model servers are killed at once: the last one takes all", async context =>
        {
            foreach (var replica in context.Cluster.Replicas[..^1]) await replica.KillAsync(context.Cancellation);
            await context.WaitAsync(3);
            foreach (var replica in context.Cluster.Replicas[..^1]) replica.Start();
            context.Mended();
        })
        {
            // What is retried beyond the budget is refused, and says when to come again.
            Allowed = [.. StreamsEndWithAnError, new(Outcome.Refused)],
        },
    ];
}
