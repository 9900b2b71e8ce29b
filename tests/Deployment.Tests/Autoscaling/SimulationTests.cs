using Benchmarks.Autoscaling;

namespace Deployment.Tests.Autoscaling;

public sealed class SimulationTests
{
    private static readonly ReplicaProfile Profile = ReplicaProfile.Encoder(workers: 2, meanServiceTime: 0.1, variation: 0.5, startTime: 30);

    [Fact]
    public void Run_WithEveryRule_LosesNoRequestAndIsRepeatable()
    {
        var traffic = SyntheticTraffic.FlashCrowd(10, 120);

        foreach (var rule in ScalingRule.All)
        {
            var result = Run(rule.Create(Profile, traffic), traffic);
            Assert.Equal(result.Requests, result.Answered + result.Refused + result.Cut);
            Assert.Equal(result, Run(rule.Create(Profile, traffic), traffic));
        }
    }

    [Fact]
    public void Traffic_OfEveryRule_IsTheSame()
    {
        var traffic = SyntheticTraffic.Step(10, 60);

        Assert.Single(ScalingRule.All.Select(rule => Run(rule.Create(Profile, traffic), traffic).Requests).Distinct());
    }

    [Fact]
    public void FixedReplicas_CostTheirNumberTimesTheTime()
    {
        var result = Run(new FixedReplicas(3), SyntheticTraffic.Steady(20));

        Assert.Equal(3, result.ReplicaHours, precision: 6);
        Assert.Equal((3, 0), (result.Most, result.Changes));
    }

    /// <summary>What comes before the first replica has started is refused, and nothing after.</summary>
    [Fact]
    public void Replica_IsAskedOnceItHasStartedAndPaidForFromTheDecisionOn()
    {
        var traffic = new TrafficTrace("ten a second", 1, [.. Enumerable.Repeat(10d, 600)], IsExact: true);

        var result = Run(new FromNone(), traffic);

        // The first decision is made at 22.5 s: 15 s and half a scrape interval.
        Assert.InRange(result.Refused, 520, 530);
        Assert.Equal((600 - 22.5) / 3600, result.ReplicaHours, precision: 6);
    }

    [Fact]
    public void Replica_ToldToStop_FinishesWhatItHas()
    {
        var traffic = new TrafficTrace("busy", 1, [.. Enumerable.Repeat(15d, 120)], IsExact: true);

        var result = Run(new ToOne(), traffic);

        Assert.Equal((0, 0), (result.Refused, result.Cut));
        Assert.Equal(1800, result.Answered);
    }

    [Fact]
    public void WorkThatOutlastsTheDrainTime_IsCut()
    {
        var slow = Profile with { ServiceTime = _ => 100, DrainTime = 5 };
        var traffic = new TrafficTrace("four", 60, [4, 0], IsExact: true);

        var result = new Simulation(slow, new ToOne(), traffic, new()).Run();

        Assert.InRange(result.Cut, 1, 2);
        Assert.Equal(4, result.Answered + result.Cut + result.Refused);
    }

    private static SimulationResult Run(IReplicaScaler scaler, TrafficTrace traffic) => new Simulation(Profile, scaler, traffic, new()).Run();

    private sealed class FromNone : IReplicaScaler
    {
        public int Initial => 0;

        public int Decide(double now, ScalerView view) => 1;
    }

    private sealed class ToOne : IReplicaScaler
    {
        public int Initial => 2;

        public int Decide(double now, ScalerView view) => 1;
    }
}
