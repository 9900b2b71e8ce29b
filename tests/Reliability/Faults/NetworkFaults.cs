using Reliability.Cluster;
using Reliability.Load;

namespace Reliability.Faults;

/// <summary>What happens to the connections between the gateways and a model server that is well.</summary>
internal static class NetworkFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("connections-reset", "all connections to a model server are reset, four times", async context =>
        {
            for (var i = 0; i < 4; i++)
            {
                context.Note($"{context.Cluster.ReplicaProxy.Reset()} connections reset");
                await Task.Delay(context.Seconds(0.5, 2), context.Cancellation);
            }
        })
        {
            Allowed = [new(Outcome.ErrorEvent)],
        },
        new("connections-refused", "a model server's connections are reset, and new ones as soon as they are made, for 4 to 6 s", async context =>
        {
            context.Cluster.ReplicaProxy.Fault = NetworkFault.Refusing;
            context.Cluster.ReplicaProxy.Reset();
            await Task.Delay(context.Seconds(4, 6), context.Cancellation);
            context.Cluster.ReplicaProxy.Fault = NetworkFault.None;
            context.Mended();
        })
        {
            Allowed = [new(Outcome.ErrorEvent)],
        },
        new("black-hole", "a model server's connections carry nothing either way for 5 to 8 s", context => DuringAsync(context, NetworkFault.BlackHole, context.Seconds(5, 8))),
        new("black-hole-reset", "a model server's connections carry nothing for 5 to 8 s and are then reset", async context =>
        {
            context.Cluster.ReplicaProxy.Fault = NetworkFault.BlackHole;
            await Task.Delay(context.Seconds(5, 8), context.Cancellation);
            context.Cluster.ReplicaProxy.Reset();
            context.Cluster.ReplicaProxy.Fault = NetworkFault.None;
            context.Mended();
        })
        {
            Allowed = [new(Outcome.ErrorEvent)],
        },
        new("replica-slow", $"whatever a model server sends or gets comes {TcpFaultProxy.Delay.TotalMilliseconds} ms late, for 8 s", context => DuringAsync(context, NetworkFault.Slow, TimeSpan.FromSeconds(8))),
        new("replica-trickles", "a model server's connections carry a few bytes at a time, for 6 s", context => DuringAsync(context, NetworkFault.Trickle, TimeSpan.FromSeconds(6))),
    ];

    private static async Task DuringAsync(FaultContext context, NetworkFault fault, TimeSpan time)
    {
        context.Cluster.ReplicaProxy.Fault = fault;
        try
        {
            await Task.Delay(time, context.Cancellation);
        }
        finally
        {
            context.Cluster.ReplicaProxy.Fault = NetworkFault.None;
        }

        context.Mended();
    }
}
