using Benchmarks.Autoscaling;

namespace Deployment.Tests.Autoscaling;

public sealed class RuleComparisonTests
{
    [Fact]
    public void Recommendation_IsTheCheapestThatFailsHardlyMoreThanTheBest()
    {
        var traffic = SyntheticTraffic.Steady(1);
        var (costly, cheap, bad) = (Rule("costly", true), Rule("cheap", true), Rule("bad", true));
        var comparison = new RuleComparison(
        [
            new(costly, traffic, Result(hours: 10, refused: 0)), new(cheap, traffic, Result(hours: 5, refused: 4)), new(bad, traffic, Result(hours: 1, refused: 500)),
            new(Rule("fixed", false), traffic, Result(hours: 0.5, refused: 0)),
        ]);

        Assert.Equal(cheap, comparison.Recommended.Rule);
    }

    private static ScalingRule Rule(string name, bool follows) => new(name, follows, (_, _) => new FixedReplicas(1));

    private static SimulationResult Result(double hours, long refused) => new(1000, 1000 - refused, refused, 0, 0, 0, 1, 1, hours, 1, 0);
}
