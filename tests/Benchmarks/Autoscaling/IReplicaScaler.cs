namespace Benchmarks.Autoscaling;

/// <summary>Decides how many replicas there are to be.</summary>
internal interface IReplicaScaler
{
    /// <summary>Replicas before the first decision.</summary>
    int Initial { get; }

    /// <param name="now">Seconds since the start.</param>
    int Decide(double now, ScalerView view);
}

/// <summary>What a scaler sees: not the replicas as they are but as they were scraped last.</summary>
/// <param name="Replicas">Those that are not leaving.</param>
/// <param name="Arrivals">Requests that came to the gateway between the last two scrapes, refused ones too.</param>
internal readonly record struct ScalerView(IReadOnlyList<SimulatedReplica> Replicas, int Arrivals);

/// <summary>A number that somebody chose.</summary>
internal sealed class FixedReplicas(int count) : IReplicaScaler
{
    public int Initial => count;

    public int Decide(double now, ScalerView view) => count;
}
