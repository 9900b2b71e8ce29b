namespace Benchmarks.Autoscaling;

/// <summary>A ScaledObject of KEDA: between one replica and the most it is a HorizontalPodAutoscaler, and KEDA itself goes from none to one and back.</summary>
/// <param name="pollingInterval">Seconds between two looks at whether there is anything to do.</param>
/// <param name="cooldown">Seconds without anything to do after which the last replicas go.</param>
internal sealed class KedaScaler(HpaOptions options, double pollingInterval = 30, double cooldown = 300) : IReplicaScaler
{
    private readonly HorizontalPodAutoscaler _between = new(options with { Min = 1 });
    private double _polledAt = double.NegativeInfinity;
    private double _activeAt;

    public int Initial => options.Initial;

    public int Decide(double now, ScalerView view)
    {
        if (now - _polledAt >= pollingInterval)
        {
            _polledAt = now;
            // With no replica nobody has a queue: what came to the gateway is what tells.
            if (view.Arrivals > 0) _activeAt = now;
            else if (now - _activeAt >= cooldown) return 0;
            if (view.Replicas.Count == 0) return view.Arrivals > 0 ? 1 : 0;
        }

        return view.Replicas.Count == 0 ? 0 : _between.Decide(now, view);
    }
}
