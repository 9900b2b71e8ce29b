using Reliability.Cluster;
using Reliability.Faults;
using Reliability.Load;

namespace Reliability.Soak;

/// <summary>What an operator and the machine do to the platform during a soak: versions are switched again and again, and Redis is killed, paused and restarted.</summary>
internal sealed class SoakEvents(FaultCluster cluster, TrafficLoad load, int seed, TimeSpan time)
{
    private readonly List<string> _violations = [];
    private int _switches;
    private int _restarts;

    /// <summary>What was promised and did not hold.</summary>
    public IReadOnlyList<string> Violations => _violations;

    public int Switches => _switches;

    public int Restarts => _restarts;

    /// <summary>Some twenty switches and seven restarts of Redis, however long the soak is.</summary>
    public Task RunAsync(CancellationToken end) => Task.WhenAll(EveryAsync(time / 20, SwitchAsync, end), EveryAsync(time / 7, HurtRedisAsync, end));

    private static async Task EveryAsync(TimeSpan interval, Func<int, CancellationToken, Task> happen, CancellationToken end)
    {
        using var timer = new PeriodicTimer(interval < TimeSpan.FromSeconds(5) ? TimeSpan.FromSeconds(5) : interval);
        try
        {
            for (var i = 0; await timer.WaitForNextTickAsync(end); i++) await happen(i, end);
        }
        catch (OperationCanceledException)
        {
            // The soak is over.
        }
    }

    private async Task SwitchAsync(int number, CancellationToken end)
    {
        var context = new FaultContext(cluster, load, new Random(seed), end);
        if (await Rollouts.ActiveAsync(context) is not { } active) return;
        await Rollouts.ActivateAsync(context, Rollouts.Other(active));
        Interlocked.Increment(ref _switches);
        Report(context);
    }

    private async Task HurtRedisAsync(int number, CancellationToken end)
    {
        switch (number % 2)
        {
            case 0:
                await cluster.Redis.Instance.KillAsync(CancellationToken.None);
                await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
                // Whatever ends now, Redis is there when the end is looked at.
                await cluster.Redis.StartAsync(CancellationToken.None);
                break;
            default:
                await cluster.Redis.Instance.PauseAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
                break;
        }

        Interlocked.Increment(ref _restarts);
        end.ThrowIfCancellationRequested();
    }

    private void Report(FaultContext context)
    {
        lock (_violations) _violations.AddRange(context.Violations);
    }
}
