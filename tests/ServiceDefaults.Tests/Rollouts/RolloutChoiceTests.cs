using ServiceDefaults.Rollouts;

namespace ServiceDefaults.Tests.Rollouts;

public class RolloutChoiceTests
{
    private static readonly Rollout Stable = new("m", 1) { Active = "1" };

    [Fact]
    public void NoCanary_EveryCaller_GetsTheActiveVersion()
    {
        Assert.Equal("1", RolloutChoice.VersionFor(Stable, "ann"));
        Assert.Null(RolloutChoice.VersionFor(Stable with { Active = null }, "ann"));
        foreach (var stage in new[] { TrialStage.Loading, TrialStage.Shadow, TrialStage.Probation })
            Assert.Equal("1", RolloutChoice.VersionFor(With(stage, 100), "ann"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(33.33)]
    [InlineData(99)]
    public void Canary_Share_IsWithinTheBinomialInterval(double percent)
    {
        const int Callers = 20_000;
        var share = percent / 100;
        var chosen = Enumerable.Range(0, Callers).Count(i => RolloutChoice.VersionFor(With(TrialStage.Canary, percent), $"user-{i}") == "2");

        // 2.576 standard deviations hold 99 %.
        Assert.InRange(chosen, Callers * share - 2.576 * Math.Sqrt(Callers * share * (1 - share)), Callers * share + 2.576 * Math.Sqrt(Callers * share * (1 - share)));
    }

    [Fact]
    public void Canary_ThatGrows_KeepsWhomItHas()
    {
        var callers = Enumerable.Range(0, 2_000).Select(i => $"user-{i}").ToArray();
        HashSet<string> before = [];
        foreach (var percent in new[] { 0, 1, 5, 25, 50, 100 })
        {
            var now = callers.Where(c => RolloutChoice.VersionFor(With(TrialStage.Canary, percent), c) == "2").ToHashSet();
            Assert.Superset(before, now);
            before = now;
        }

        Assert.Equal(callers.Length, before.Count);
    }

    [Fact]
    public void Canary_OfAnotherVersion_DrawsOthers()
    {
        var callers = Enumerable.Range(0, 1_000).Select(i => $"user-{i}").ToArray();

        Assert.NotEqual(callers.Where(c => RolloutChoice.IsInCanary("m", "2", c, 50)), callers.Where(c => RolloutChoice.IsInCanary("m", "3", c, 50)));
    }

    private static Rollout With(TrialStage stage, double percent) => Stable with { Trial = new(2, "2", TrialGoal.Canary, stage, "1", percent, default, null) };
}
