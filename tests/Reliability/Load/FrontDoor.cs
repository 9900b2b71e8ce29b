using System.Diagnostics;
using Reliability.Cluster;

namespace Reliability.Load;

/// <summary>What a load balancer does before several gateways: asks each for <c>/ready</c> and sends new requests to those that are. One whose connection
/// failed is left alone until it has been ready for a while. It retries nothing.</summary>
internal sealed class FrontDoor(FaultCluster cluster)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250), Penalty = TimeSpan.FromSeconds(1);
    private readonly bool[] _ready = [.. Enumerable.Repeat(true, cluster.Shape.Gateways)];
    private readonly long[] _failedAt = new long[cluster.Shape.Gateways];

    /// <summary>The gateway for a client's next request: its own while that is ready.</summary>
    public int Choose(int client)
    {
        for (var i = 0; i < _ready.Length; i++)
        {
            var gateway = (client + i) % _ready.Length;
            var failedAt = Volatile.Read(ref _failedAt[gateway]);
            if (Volatile.Read(ref _ready[gateway]) && (failedAt == 0 || Stopwatch.GetElapsedTime(failedAt) > Penalty)) return gateway;
        }

        return client % _ready.Length;
    }

    /// <summary>A client's connection to a gateway was refused or cut.</summary>
    public void Failed(int gateway) => Volatile.Write(ref _failedAt[gateway], Stopwatch.GetTimestamp());

    public Task WatchAsync(CancellationToken end) => Task.WhenAll(Enumerable.Range(0, _ready.Length).Select(i => WatchAsync(i, end)));

    private async Task WatchAsync(int gateway, CancellationToken end)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do Volatile.Write(ref _ready[gateway], await cluster.Client.IsReadyAsync(cluster.Gateways[gateway].Port, end));
            while (await timer.WaitForNextTickAsync(end));
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
