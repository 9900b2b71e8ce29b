namespace Benchmarks.Autoscaling;

/// <summary>One rule under one traffic.</summary>
internal sealed record RuleRun(ScalingRule Rule, TrafficTrace Traffic, SimulationResult Result);

/// <summary>One rule under all of them.</summary>
/// <param name="Failed">The mean over the traffics of the share that was refused, cut or late.</param>
/// <param name="WorstFailed">Of the traffic that is worst for it.</param>
internal sealed record RuleTotal(ScalingRule Rule, double ReplicaHours, double Failed, double WorstFailed, int Changes);

/// <summary>Every rule under every traffic, and what follows.</summary>
internal sealed class RuleComparison(IReadOnlyList<RuleRun> runs)
{
    /// <summary>A rule is good enough when it fails so many requests more than the best one does.</summary>
    public const double Slack = 0.005;

    public IReadOnlyList<RuleRun> Runs => runs;

    /// <summary>In the rules' order.</summary>
    public IReadOnlyList<RuleTotal> Totals { get; } =
    [
        .. runs.GroupBy(r => r.Rule).Select(g => new RuleTotal(
            g.Key, g.Sum(r => r.Result.ReplicaHours), g.Average(r => r.Result.FailedShare), g.Max(r => r.Result.FailedShare), g.Sum(r => r.Result.Changes))),
    ];

    /// <summary>Of the rules that follow the load the cheapest that is good enough.</summary>
    public RuleTotal Recommended
    {
        get
        {
            var following = Totals.Where(t => t.Rule.IsAutoscaling).ToArray();
            var best = following.Min(t => t.Failed);
            return following.Where(t => t.Failed <= best + Slack).MinBy(t => t.ReplicaHours)!;
        }
    }

    /// <summary>Simulates each rule under each traffic, on all cores.</summary>
    public static RuleComparison Run(ReplicaProfile profile, IReadOnlyList<TrafficTrace> traffics, IReadOnlyList<ScalingRule> rules, SimulationOptions options, CancellationToken cancellation)
        => new([.. traffics.SelectMany(traffic => rules.Select(rule => (Traffic: traffic, Rule: rule))).AsParallel().AsOrdered().WithCancellation(cancellation)
            .Select(r => new RuleRun(r.Rule, r.Traffic, new Simulation(profile, r.Rule.Create(profile, r.Traffic), r.Traffic, options).Run()))]);
}
