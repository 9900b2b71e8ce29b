using ServiceDefaults.Statistics;

namespace ServiceDefaults.Tests.Statistics;

public class PopulationStabilityTests
{
    private static readonly float[] Baseline = StatisticsFixture.Values(1, 1000, "uniform", 0);

    [Fact]
    public void Index_OfTheSameDistribution_IsLittle() => Assert.InRange(PopulationStability.Index(Baseline, StatisticsFixture.Values(9, 1000, "uniform", 0)), 0, 0.1);

    [Fact]
    public void Index_OfAnother_IsMuchAndFinite()
    {
        Assert.InRange(PopulationStability.Index(Baseline, StatisticsFixture.Values(9, 1000, "uniform", 0.3)), 0.25, 100);
        Assert.InRange(PopulationStability.Index(Baseline, StatisticsFixture.Values(9, 1000, "uniform", 7)), 1, 100);
    }

    [Fact]
    public void Index_OfOneValueOnly_IsZero() => Assert.Equal(0, PopulationStability.Index([3f, 3f, 3f], [3f, 3f]), 0.05);

    [Fact]
    public void Index_OfCounts_IsByTheirShares()
    {
        Assert.Equal(0, PopulationStability.Index([400L, 600L], [40L, 60L]), 0.001);
        // (0.9 − 0.5) ln(0.9 / 0.5) + (0.1 − 0.5) ln(0.1 / 0.5)
        Assert.Equal(0.8789, PopulationStability.Index([5000L, 5000L], [9000L, 1000L]), 0.001);
    }
}
