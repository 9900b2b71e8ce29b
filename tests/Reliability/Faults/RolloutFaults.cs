using Reliability.Cluster;
using Reliability.Load;

namespace Reliability.Faults;

/// <summary>Versions that are switched, tried and taken back while something else goes wrong, and a model that is copied in badly.</summary>
internal static class RolloutFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("switch-replica-killed", "another version is activated, a model server is killed meanwhile, and then the first version is taken back to", async context =>
        {
            var first = await Rollouts.ActiveAsync(context);
            var replica = context.AnyReplica();
            var switching = Rollouts.ActivateAsync(context, Rollouts.Other(first));
            await Task.Delay(context.Seconds(0, 1), context.Cancellation);
            await replica.KillAsync(context.Cancellation);
            await context.WaitAsync(1);
            replica.Start();
            context.Mended();
            await switching;
            if (await Rollouts.CommandAsync(context, "rollback")) await Rollouts.SettledAsync(context, first!);
        })
        {
            Allowed = [new(Outcome.ErrorEvent)],
        },
        new("canary-gateway-killed", "a version is tried on a fifth of the callers, a gateway is killed meanwhile, and the trial goes on", async context =>
        {
            var first = await Rollouts.ActiveAsync(context);
            await Rollouts.CommandAsync(context, $"versions/{Rollouts.Other(first)}/canary", new { percent = 20 });
            await context.EventuallyAsync(async () => await Rollouts.StageAsync(context, context.Cluster.Gateways[0]) == "canary", 45, () => "the version is on trial");
            var gateway = context.AnyGateway();
            await gateway.KillAsync(context.Cancellation);
            await context.WaitAsync(1);
            gateway.Start();
            context.Mended();
            await context.EventuallyAsync(async () => await Rollouts.StageAsync(context, gateway) == "canary", 45, () => $"{gateway.Name} knows of the trial again");
            if (await Rollouts.CommandAsync(context, "rollback")) await Rollouts.SettledAsync(context, first!);
        })
        {
            Allowed = [new(Outcome.Disconnected, Most: FaultRun.Clients)],
        },
        new("rollback-redis-killed", "another version is activated, Redis is killed, and a rollback is asked for until Redis is back", async context =>
        {
            var first = await Rollouts.ActiveAsync(context);
            await Rollouts.ActivateAsync(context, Rollouts.Other(first));
            await context.Cluster.Redis.Instance.KillAsync(context.Cancellation);
            var rollback = Rollouts.CommandAsync(context, "rollback");
            await Task.Delay(context.Seconds(2, 4), context.Cancellation);
            await context.Cluster.Redis.StartAsync(context.Cancellation);
            context.Mended();
            if (await rollback) await Rollouts.SettledAsync(context, first!);
        }),
        new("half-copied-model", "a model is copied into the folder file by file, its graph cut off half-way; completed later, it serves", async context =>
        {
            string? state = null;
            context.Cluster.Models.CopyHalf();
            try
            {
                await context.EventuallyAsync(async () => (state = await StateAsync(context)) == "error", 30, () => $"the half model is in error ({state})");
                context.Cluster.Models.CopyRest();
                await context.EventuallyAsync(async () => (state = await StateAsync(context)) == "ready", 60, () => $"the completed model is ready ({state})");
            }
            finally
            {
                context.Cluster.Models.RemoveCopied();
            }
        }),
    ];

    /// <summary>The worst state of the copied model on any model server.</summary>
    private static async Task<string?> StateAsync(FaultContext context)
    {
        if (await context.Cluster.Client.ModelAsync(context.Cluster.Gateways[0].Port, ModelsFolder.Copied, context.Cancellation) is not { } card) return null;
        var states = card.GetProperty("versions").EnumerateArray().SelectMany(v => v.GetProperty("replicas").EnumerateArray()).Select(r => r.GetProperty("state").GetString()).ToArray();
        if (states.Length < context.Cluster.Replicas.Length) return null;
        return states.FirstOrDefault(s => s != "ready") ?? "ready";
    }
}
