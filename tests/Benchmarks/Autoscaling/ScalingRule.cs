namespace Benchmarks.Autoscaling;

/// <summary>A rule to compare: a name and, for a replica's profile and a traffic, a fresh scaler.</summary>
/// <param name="IsAutoscaling">Whether it follows the load, so that it may be recommended.</param>
internal sealed record ScalingRule(string Name, bool IsAutoscaling, Func<ReplicaProfile, TrafficTrace, IReplicaScaler> Create)
{
    /// <summary>How busy a replica is to be, where a number of replicas is computed from a rate.</summary>
    private const double Utilisation = 0.7;

    /// <summary>One pod a minute: the slowest way down.</summary>
    private static readonly ScalePolicy[] OnePodAMinute = [new(1, null, 60)];

    private const int Minute = 4;

    public static IReadOnlyList<ScalingRule> All { get; } =
    [
        new("fixed, for the mean", false, (profile, traffic) => new FixedReplicas(For(traffic.MeanRate, profile))),
        new("fixed, for the peak", false, (profile, traffic) => new FixedReplicas(For(traffic.PeakRate, profile))),
        Hpa("CPU 70 %", _ => [Cpu]),
        Hpa("queue depth", profile => [Waiting(profile)]),
        Hpa("queue wait", profile => [Wait(profile)]),
        Hpa("in flight", profile => [InFlight(profile)]),
        Hpa("in flight, mean of 60 s", profile => [InFlight(profile) with { Scrapes = Minute }]),
        Hpa("in flight, up window 60 s", profile => [InFlight(profile)], options => options with { UpWindow = 60 }),
        Hpa("in flight, down window 60 s", profile => [InFlight(profile)], options => options with { DownWindow = 60 }),
        Hpa("in flight, down window 900 s", profile => [InFlight(profile)], options => options with { DownWindow = 900 }),
        Hpa("in flight, down a pod a minute", profile => [InFlight(profile)], options => options with { Down = OnePodAMinute }),
        Hpa("in flight, two at least", profile => [InFlight(profile)], options => options with { Min = 2 }),
        Hpa("in flight, 900 s, two at least", profile => [InFlight(profile)], options => options with { Min = 2, DownWindow = 900 }),
        Hpa("in flight, mean, 900 s, two", profile => [InFlight(profile) with { Scrapes = Minute }], options => options with { Min = 2, DownWindow = 900 }),
        Hpa("CPU 70 % or in flight x 2", profile => [Cpu, Overload(profile)]),
        Keda("KEDA, in flight, to zero", InFlight),
        Keda("KEDA, queue depth, to zero", Waiting),
    ];

    private static HpaMetric Cpu => new(f => f.Cpu, 0.7);

    private static HpaMetric InFlight(ReplicaProfile profile) => new(f => f.InFlight, profile.InFlightTarget);

    /// <summary>Beside CPU, which cannot say more than that all of it is used.</summary>
    private static HpaMetric Overload(ReplicaProfile profile) => new(f => f.InFlight, 2 * profile.InFlightTarget);

    /// <summary>As many waiting as half of the workers.</summary>
    private static HpaMetric Waiting(ReplicaProfile profile) => new(f => f.Waiting, 0.5 * profile.Workers);

    /// <summary>Half as long in the queue as at work.</summary>
    private static HpaMetric Wait(ReplicaProfile profile) => new(f => f.Wait, profile.MeanServiceTime / 2, MetricTarget.Value);

    private static ScalingRule Hpa(string name, Func<ReplicaProfile, HpaMetric[]> metrics, Func<HpaOptions, HpaOptions>? change = null)
        => new(name, true, (profile, traffic) =>
        {
            var options = new HpaOptions { Metrics = metrics(profile), Initial = For(traffic.FirstRate, profile) };
            return new HorizontalPodAutoscaler(change?.Invoke(options) ?? options);
        });

    private static ScalingRule Keda(string name, Func<ReplicaProfile, HpaMetric> metric)
        => new(name, true, (profile, traffic) => new KedaScaler(new() { Metrics = [metric(profile) with { Kind = MetricTarget.TotalPerReplica }], Initial = For(traffic.FirstRate, profile) }));

    private static int For(double rate, ReplicaProfile profile) => Math.Max(1, (int)Math.Ceiling(rate / profile.Capacity / Utilisation));
}
