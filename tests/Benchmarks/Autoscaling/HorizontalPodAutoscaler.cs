namespace Benchmarks.Autoscaling;

/// <summary>The algorithm of Kubernetes' HorizontalPodAutoscaler: ratio to the target, tolerance, pods that are not ready, stabilisation windows, policies.
/// kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale describes it.</summary>
internal sealed class HorizontalPodAutoscaler(HpaOptions options) : IReplicaScaler
{
    private readonly List<(double At, int Replicas)> _recommendations = [];
    private readonly List<(double At, int Change)> _changes = [];

    public int Initial => Math.Clamp(options.Initial, options.Min, options.Max);

    public int Decide(double now, ScalerView view)
    {
        var current = view.Replicas.Count;
        if (current == 0) return 0;
        if (_recommendations.Count == 0) _recommendations.Add((now, current));
        // 1. What the metric asks for, within the bounds.
        var wanted = Math.Clamp(options.Metrics.Max(metric => Recommend(metric, view)), options.Min, options.Max);
        // 2. The lowest (to grow) or highest (to shrink) that was asked for in the window.
        _recommendations.RemoveAll(r => r.At <= now - Math.Max(options.UpWindow, options.DownWindow));
        var (up, down) = (Within(options.UpWindow).Append(wanted).Min(), Within(options.DownWindow).Append(wanted).Max());
        _recommendations.Add((now, wanted));
        wanted = current < up ? up : current > down ? down : current;
        // 3. No more at once than the policies allow.
        var allowed = Math.Clamp(wanted, Math.Min(current, Lowest(now, current)), Math.Max(current, Highest(now, current)));
        if (allowed != current) _changes.Add((now, allowed - current));
        return allowed;

        IEnumerable<int> Within(double window) => _recommendations.Where(r => r.At > now - window).Select(r => r.Replicas);
    }

    private int Recommend(HpaMetric metric, ScalerView view)
    {
        var current = view.Replicas.Count;
        double[] measured = [.. view.Replicas.Where(r => r.IsReady).Select(r => r.Scraped(metric.Scrapes)).OfType<ReplicaFigures>().Select(metric.Value)];
        if (measured.Length == 0) return current;
        return metric.Kind switch
        {
            MetricTarget.TotalPerReplica => Beyond(measured.Sum() / (metric.Target * current)) ? Ceiling(measured.Sum() / metric.Target) : current,
            MetricTarget.Value => Beyond(measured.Average() / metric.Target) ? Ceiling(measured.Average() / metric.Target * view.Replicas.Count(r => r.IsReady)) : current,
            _ => OfPods(metric.Target, measured, view.Replicas),
        };
    }

    private int OfPods(double target, double[] measured, IReadOnlyList<SimulatedReplica> replicas)
    {
        var (current, ratio) = (replicas.Count, measured.Average() / target);
        var missing = replicas.Count(r => r.IsReady) - measured.Length;
        var unready = replicas.Count(r => !r.IsReady);
        if (missing == 0 && (unready == 0 || ratio <= 1)) return Beyond(ratio) ? Ceiling(ratio * measured.Length) : current;
        // Whoever has no figure is taken for what speaks against a change: idle if it is about more, at its target if it is about fewer.
        var counted = measured.Length + missing + (ratio > 1 ? unready : 0);
        var adjusted = (measured.Sum() + (ratio < 1 ? missing * target : 0)) / counted / target;
        if (!Beyond(adjusted) || (ratio < 1) != (adjusted < 1)) return current;
        var wanted = Ceiling(adjusted * counted);
        return (adjusted < 1 && wanted > current) || (adjusted > 1 && wanted < current) ? current : wanted;
    }

    private bool Beyond(double ratio) => Math.Abs(1 - ratio) > options.Tolerance + 1e-9;

    // What rounding leaves over is no replica.
    private static int Ceiling(double replicas) => (int)Math.Ceiling(replicas - 1e-9);

    private int Highest(double now, int current) => options.Up.Select(policy =>
    {
        var before = current - Changed(now, policy.Period);
        return policy.Percent is { } percent ? Ceiling(before * (1 + (percent / 100d))) : before + policy.Pods!.Value;
    }).DefaultIfEmpty(int.MaxValue).Max();

    private int Lowest(double now, int current) => options.Down.Select(policy =>
    {
        var before = current - Changed(now, policy.Period);
        return policy.Percent is { } percent ? (int)(before * (1 - (percent / 100d))) : before - policy.Pods!.Value;
    }).DefaultIfEmpty(0).Min();

    private int Changed(double now, double period) => _changes.Where(c => c.At > now - period).Sum(c => c.Change);
}
