namespace Benchmarks.Autoscaling;

/// <summary>What is the same for every rule. All times in seconds.</summary>
internal sealed record SimulationOptions
{
    public int Seed { get; init; } = 1;

    /// <summary>The time between two scrapes of the replicas' figures.</summary>
    public double ScrapeInterval { get; init; } = 15;

    /// <summary>The time between two decisions, 15 s in Kubernetes.</summary>
    public double SyncInterval { get; init; } = 15;

    /// <summary>Requests that come before are simulated and not counted.</summary>
    public double WarmUp { get; init; }

    /// <summary>Latencies beyond it are counted as late.</summary>
    public double LateAfter { get; init; } = double.PositiveInfinity;
}

/// <summary>What a run came to.</summary>
/// <param name="Requests">Those that came after the warm-up.</param>
/// <param name="Answered">Those that were answered, late or not.</param>
/// <param name="Refused">No replica was ready, or those that were asked were full.</param>
/// <param name="Cut">Still ran when their replica's drain time was over.</param>
/// <param name="Late">Answered, but later than <see cref="SimulationOptions.LateAfter"/>.</param>
/// <param name="MeanWait">Seconds in the queue.</param>
/// <param name="P50">Seconds from arrival to answer.</param>
/// <param name="P99">Seconds from arrival to answer.</param>
/// <param name="ReplicaHours">From each replica's start to its end, starting and draining included.</param>
/// <param name="Most">The most replicas at a time.</param>
/// <param name="Changes">How often their number was changed.</param>
internal sealed record SimulationResult(
    long Requests, long Answered, long Refused, long Cut, long Late, double MeanWait, double P50, double P99, double ReplicaHours, int Most, int Changes)
{
    public double RefusedShare => (double)(Refused + Cut) / Math.Max(1, Requests);

    /// <summary>The share of requests that were refused, cut or late.</summary>
    public double FailedShare => (double)(Refused + Cut + Late) / Math.Max(1, Requests);
}
