using Benchmarks.Systems;

namespace Benchmarks.Faults;

/// <summary>Something that happens to the platform, and how it gets over it.</summary>
/// <param name="CutsStreams">Whether streams may end with an error event: their model server died.</param>
internal sealed record Fault(string Name, bool CutsStreams, Func<FaultyPlatform, CancellationToken, Task> HappenAsync);

/// <summary>What happens, in order. Each phase ends when all is well again.</summary>
internal static class FaultScript
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5), Settle = TimeSpan.FromSeconds(2);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("calm", false, (_, cancellation) => Task.Delay(Calm, cancellation)),
        new("replica killed, restarted", true, async (platform, cancellation) =>
        {
            platform.Replica(0).Send(ChildSignal.Kill);
            await Task.Delay(Calm, cancellation);
            await RestartAsync(platform, 0, cancellation);
        }),
        new("replica stopped, restarted", false, async (platform, cancellation) =>
        {
            await StopAsync(platform.Replica(1), cancellation);
            await RestartAsync(platform, 1, cancellation);
        }),
        new("replica paused 6 s, continued", false, async (platform, cancellation) =>
        {
            await PauseAsync(platform.Replica(2), TimeSpan.FromSeconds(6), cancellation);
            await Task.Delay(2 * Settle, cancellation);
        }),
        new("replica paused 0.8 s, continued", false, async (platform, cancellation) =>
        {
            await PauseAsync(platform.Replica(0), TimeSpan.FromSeconds(0.8), cancellation);
            await Task.Delay(Settle, cancellation);
        }),
        new("redis killed, restarted", false, async (platform, cancellation) =>
        {
            platform.Redis.Send(ChildSignal.Kill);
            // Longer than an API key is fresh.
            await Task.Delay(TimeSpan.FromSeconds(8), cancellation);
            platform.StartRedis();
            await Task.Delay(2 * Settle, cancellation);
        }),
        new("redis paused 4 s, continued", false, async (platform, cancellation) =>
        {
            await PauseAsync(platform.Redis, TimeSpan.FromSeconds(4), cancellation);
            await Task.Delay(Settle, cancellation);
        }),
        new("gateway stopped, restarted", false, async (platform, cancellation) =>
        {
            await StopAsync(platform.GatewayProcess(1), cancellation);
            platform.StartGateway(1);
            await platform.WaitForGatewayAsync(1, cancellation);
            await Task.Delay(Settle, cancellation);
        }),
        new("every replica stopped in turn", false, async (platform, cancellation) =>
        {
            for (var i = 0; i < FaultyPlatform.Replicas; i++)
            {
                await StopAsync(platform.Replica(i), cancellation);
                await RestartAsync(platform, i, cancellation);
            }
        }),
        new("calm again", false, (_, cancellation) => Task.Delay(Calm, cancellation)),
    ];

    private static async Task StopAsync(ChildProcess process, CancellationToken cancellation)
    {
        process.Send(ChildSignal.Terminate);
        await process.WaitForExitAsync(cancellation);
    }

    private static async Task PauseAsync(ChildProcess process, TimeSpan time, CancellationToken cancellation)
    {
        process.Send(ChildSignal.Stop);
        try
        {
            await Task.Delay(time, cancellation);
        }
        finally
        {
            process.Send(ChildSignal.Continue);
        }
    }

    private static async Task RestartAsync(FaultyPlatform platform, int replica, CancellationToken cancellation)
    {
        platform.StartReplica(replica);
        await platform.WaitForReplicaAsync(replica, cancellation);
        // Until the gateways have seen it.
        await Task.Delay(Settle, cancellation);
    }
}
