using Gateway.Replicas;

namespace Gateway.Tests.Replicas;

public sealed class LatencyOutliersTests
{
    private readonly PoolParts _parts = new(3);

    [Theory]
    [InlineData(10_000, 100, LatencyOutliers.Rounds, true)]
    [InlineData(10_000, 100, LatencyOutliers.Rounds - 1, false)]
    [InlineData(900, 10, LatencyOutliers.Rounds, false)]
    [InlineData(10_000, 3000, LatencyOutliers.Rounds, false)]
    public void Replica_SlowInEveryRound_IsEjected(int slowMs, int othersMs, int rounds, bool ejected)
    {
        for (var round = 0; round < rounds; round++) Round(slowMs, othersMs, LatencyOutliers.MinAnswers);

        Assert.Equal(ejected ? ReplicaState.Ejected : ReplicaState.Ready, _parts[1].State);
        Assert.All([_parts[2], _parts[3]], r => Assert.Equal(ReplicaState.Ready, r.State));
    }

    [Fact]
    public void Replica_WithOneGoodRoundOrTooFewAnswers_IsLeftIn()
    {
        for (var round = 0; round < LatencyOutliers.Rounds - 1; round++) Round(10_000, 100, LatencyOutliers.MinAnswers);
        Round(100, 100, LatencyOutliers.MinAnswers);
        for (var round = 0; round < 5; round++) Round(10_000, 100, LatencyOutliers.MinAnswers - 1);

        Assert.Equal(ReplicaState.Ready, _parts[1].State);
    }

    private void Round(int slowMs, int othersMs, int answers)
    {
        for (var i = 0; i < answers; i++)
        {
            _parts[1].Answered(TimeSpan.FromMilliseconds(slowMs));
            _parts[2].Answered(TimeSpan.FromMilliseconds(othersMs));
            _parts[3].Answered(TimeSpan.FromMilliseconds(othersMs));
        }

        _parts.Pool.Review();
    }
}
