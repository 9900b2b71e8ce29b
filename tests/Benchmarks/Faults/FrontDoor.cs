using Benchmarks.Systems;

namespace Benchmarks.Faults;

/// <summary>What a load balancer does before several gateways: asks each for <c>/ready</c> and sends new requests to those that are. It retries nothing.</summary>
internal sealed class FrontDoor(FaultyPlatform platform)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly bool[] _ready = [.. Enumerable.Repeat(true, FaultyPlatform.Gateways)];

    /// <summary>The gateway for a client's next request: its own while that is ready.</summary>
    public int Choose(int client)
    {
        for (var i = 0; i < _ready.Length; i++)
        {
            var gateway = (client + i) % _ready.Length;
            if (Volatile.Read(ref _ready[gateway])) return gateway;
        }

        return client % _ready.Length;
    }

    public Task WatchAsync(CancellationToken end) => Task.WhenAll(Enumerable.Range(0, _ready.Length).Select(i => WatchAsync(i, end)));

    private async Task WatchAsync(int gateway, CancellationToken end)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do Volatile.Write(ref _ready[gateway], await platform.IsReadyAsync(platform.Gateway(gateway).Port, end));
            while (await timer.WaitForNextTickAsync(end));
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
