namespace Benchmarks.Autoscaling;

/// <summary>How an autoscaler of Kubernetes reads its metric.</summary>
internal enum MetricTarget
{
    /// <summary>The mean over the ready pods against the target (types Resource and Pods). Starting pods count as idle when it is about more of them.</summary>
    PodAverage,

    /// <summary>The sum of a query against the target for each replica (type External, <c>AverageValue</c>; KEDA's default).</summary>
    TotalPerReplica,

    /// <summary>The value of a query against the target, whatever the number of replicas (type External, <c>Value</c>).</summary>
    Value,
}

/// <param name="Value">Takes the metric out of what was scraped of a replica.</param>
/// <param name="Scrapes">Scrapes that the metric is averaged over.</param>
internal sealed record HpaMetric(Func<ReplicaFigures, double> Value, double Target, MetricTarget Kind = MetricTarget.PodAverage, int Scrapes = 1);

/// <summary>A policy of <c>behavior</c>: how many pods, or how much of what there was, may come or go within a period.</summary>
/// <param name="Percent">Null for a number of pods.</param>
/// <param name="Period">Seconds.</param>
internal readonly record struct ScalePolicy(int? Pods, int? Percent, double Period);

/// <summary>A HorizontalPodAutoscaler as its specification describes it (autoscaling/v2), with the defaults of Kubernetes.</summary>
internal sealed record HpaOptions
{
    /// <summary>The metric that asks for most decides.</summary>
    public required IReadOnlyList<HpaMetric> Metrics { get; init; }

    /// <summary>Replicas at the start; of a deployment that has run for a while those that its load needs.</summary>
    public int Initial { get; init; } = 1;

    public int Min { get; init; } = 1;

    public int Max { get; init; } = 12;

    /// <summary>How far the metric may be from its target, as a share of it, before anything is done.</summary>
    public double Tolerance { get; init; } = 0.1;

    /// <summary>Seconds whose lowest recommendation counts before pods come.</summary>
    public double UpWindow { get; init; }

    /// <summary>Seconds whose highest recommendation counts before pods go.</summary>
    public double DownWindow { get; init; } = 300;

    /// <summary>What may come; the largest of what they allow counts.</summary>
    public IReadOnlyList<ScalePolicy> Up { get; init; } = [new(null, 100, 15), new(4, null, 15)];

    /// <summary>What may go; the largest of what they allow counts.</summary>
    public IReadOnlyList<ScalePolicy> Down { get; init; } = [new(null, 100, 15)];
}
