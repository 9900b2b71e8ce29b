namespace Benchmarks.Autoscaling;

/// <summary>A rule to compare: a name and, for a replica's profile and a traffic, a fresh scaler.</summary>
/// <param name="IsAutoscaling">Whether it follows the load, so that it may be recommended.</param>
internal sealed record ScalingRule(string Name, bool IsAutoscaling, Func<ReplicaProfile, TrafficTrace, IReplicaScaler> Create)
{
    /// <summary>How busy a replica is to be, where a number of replicas is computed from a rate.</summary>
    private const double Utilisation = 0.7;

    /// <summary>One pod a minute: the slowest way down.</summary>
    private static readonly ScalePolicy[] OnePodAMinute = [new(1, null, 60)];

    /// <summary>All at once, as many as the metric asks for.</summary>
    private static readonly ScalePolicy[] AtOnce = [new(100, null, 15)];

    public static IReadOnlyList<ScalingRule> All { get; } =
    [
        new("fixed, for the mean", false, (profile, traffic) => new FixedReplicas(For(traffic.MeanRate, profile))),
        new("fixed, for the peak", false, (profile, traffic) => new FixedReplicas(For(traffic.PeakRate, profile))),
        Hpa("CPU 70 %", Cpu),
        Hpa("in flight", InFlight),
        Hpa("queue depth", Waiting),
        Hpa("queue wait", Wait),
        Hpa("CPU 70 %, up at once", profile => Cpu(profile) with { Up = AtOnce }),
        Hpa("in flight, up at once", profile => InFlight(profile) with { Up = AtOnce }),
        Hpa("in flight, mean of 60 s", profile => InFlight(profile) with { Scrapes = 4 }),
        Hpa("in flight, up window 60 s", profile => InFlight(profile) with { UpWindow = 60 }),
        Hpa("in flight, down window 60 s", profile => InFlight(profile) with { DownWindow = 60 }),
        Hpa("in flight, down window 900 s", profile => InFlight(profile) with { DownWindow = 900 }),
        Hpa("in flight, down a pod a minute", profile => InFlight(profile) with { Down = OnePodAMinute }),
        Hpa("in flight, two at least", profile => InFlight(profile) with { Min = 2 }),
        Keda("KEDA, in flight, to zero", InFlight),
        Keda("KEDA, queue depth, to zero", Waiting),
    ];

    private static HpaOptions Cpu(ReplicaProfile profile) => new() { Metric = f => f.Cpu, Target = 0.7 };

    /// <summary>Three quarters of the workers: one worker is free when the next request comes, most of the time.</summary>
    private static HpaOptions InFlight(ReplicaProfile profile) => new() { Metric = f => f.InFlight, Target = 0.75 * profile.Workers };

    /// <summary>As many waiting as half of the workers.</summary>
    private static HpaOptions Waiting(ReplicaProfile profile) => new() { Metric = f => f.Waiting, Target = 0.5 * profile.Workers };

    /// <summary>Half as long in the queue as at work.</summary>
    private static HpaOptions Wait(ReplicaProfile profile) => new() { Metric = f => f.Wait, Target = profile.MeanServiceTime / 2, Kind = MetricTarget.Value };

    private static ScalingRule Hpa(string name, Func<ReplicaProfile, HpaOptions> options) => new(name, true, (profile, _) => new HorizontalPodAutoscaler(options(profile)));

    private static ScalingRule Keda(string name, Func<ReplicaProfile, HpaOptions> options)
        => new(name, true, (profile, _) => new KedaScaler(options(profile) with { Kind = MetricTarget.TotalPerReplica }));

    private static int For(double rate, ReplicaProfile profile) => Math.Max(1, (int)Math.Ceiling(rate / profile.Capacity / Utilisation));
}
