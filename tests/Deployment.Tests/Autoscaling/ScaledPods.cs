using Benchmarks.Autoscaling;

namespace Deployment.Tests.Autoscaling;

/// <summary>Replicas with so many requests in flight each, scraped, for scalers to look at.</summary>
internal static class ScaledPods
{
    private static readonly ReplicaProfile Profile = new("pod", Workers: 1000, _ => 1, 1, QueueLimit: 0, StartTime: 0);

    /// <summary>The requests in flight against a target of ten.</summary>
    public static HpaMetric Metric { get; } = new(f => f.InFlight, 10);

    public static HpaOptions Options { get; } = new() { Metrics = [Metric], Max = 100 };

    public static ScalerView With(params int[] inFlight) => new([.. inFlight.Select((count, i) => Ready(i, count))], 0);

    public static ScalerView Of(params SimulatedReplica[] replicas) => new(replicas, 0);

    /// <summary>One that is ready and was scraped.</summary>
    public static SimulatedReplica Ready(int number, int inFlight)
    {
        var replica = new SimulatedReplica(Profile, number, 0) { IsReady = true };
        for (var i = 0; i < inFlight; i++) replica.Take(0);
        replica.Scrape(15, kept: 8);
        return replica;
    }

    public static SimulatedReplica Starting(int number) => new(Profile, number, 0);
}
