using Benchmarks.Autoscaling;

namespace Deployment.Tests.Autoscaling;

/// <summary>What Kubernetes' documentation says of its autoscaler.</summary>
public sealed class HorizontalPodAutoscalerTests
{
    private static readonly HpaOptions Options = ScaledPods.Options;

    [Fact]
    public void Metric_OfTwiceItsTarget_DoublesThePods() => Assert.Equal(6, new HorizontalPodAutoscaler(Options).Decide(0, ScaledPods.With(20, 20, 20)));

    [Fact]
    public void Metric_OfHalfItsTarget_HalvesThemWithoutAWindow()
        => Assert.Equal(2, new HorizontalPodAutoscaler(Options with { DownWindow = 0 }).Decide(0, ScaledPods.With(5, 5, 5, 5)));

    [Theory]
    [InlineData(11, 2)]
    [InlineData(9, 2)]
    [InlineData(12, 3)]
    public void Metric_WithinTheTolerance_ChangesNothing(int inFlight, int expected)
        => Assert.Equal(expected, new HorizontalPodAutoscaler(Options with { DownWindow = 0 }).Decide(0, ScaledPods.With(inFlight, inFlight)));

    [Fact]
    public void Pods_AreKept_UntilNothingInTheWindowAskedForThem()
    {
        var scaler = new HorizontalPodAutoscaler(Options);
        Assert.Equal(2, scaler.Decide(0, ScaledPods.With(10, 10)));

        for (var now = 15; now < 300; now += 15) Assert.Equal(2, scaler.Decide(now, ScaledPods.With(1, 1)));

        Assert.Equal(1, scaler.Decide(300, ScaledPods.With(1, 1)));
    }

    [Fact]
    public void Pods_DoNotCome_UntilAllInTheWindowAskedForThem()
    {
        var scaler = new HorizontalPodAutoscaler(Options with { UpWindow = 30 });
        Assert.Equal(1, scaler.Decide(0, ScaledPods.With(10)));

        Assert.Equal(1, scaler.Decide(15, ScaledPods.With(40)));

        Assert.Equal(3, scaler.Decide(30, ScaledPods.With(30)));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 7)]
    [InlineData(6, 12)]
    public void Policies_ByDefault_LetFourPodsComeOrTwiceAsMany(int pods, int expected)
        => Assert.Equal(expected, new HorizontalPodAutoscaler(Options).Decide(0, ScaledPods.With([.. Enumerable.Repeat(900, pods)])));

    [Fact]
    public void Policy_OfAPodAMinute_CountsWhatWentInTheMinute()
    {
        var scaler = new HorizontalPodAutoscaler(Options with { DownWindow = 0, Down = [new(1, null, 60)] });

        Assert.Equal(3, scaler.Decide(0, ScaledPods.With(0, 0, 0, 0)));
        Assert.Equal(3, scaler.Decide(30, ScaledPods.With(0, 0, 0)));
        Assert.Equal(2, scaler.Decide(60, ScaledPods.With(0, 0, 0)));
    }

    /// <summary>Else it would go on adding pods while those that it added start.</summary>
    [Fact]
    public void StartingPods_CountAsIdle_WhenItIsAboutMore()
    {
        var view = ScaledPods.Of(ScaledPods.Ready(0, 20), ScaledPods.Starting(1));

        Assert.Equal(2, new HorizontalPodAutoscaler(Options).Decide(0, view));
    }

    [Fact]
    public void Pods_NeverLeaveTheirBounds()
    {
        var scaler = new HorizontalPodAutoscaler(Options with { Min = 2, Max = 3, DownWindow = 0 });

        Assert.Equal(3, scaler.Decide(0, ScaledPods.With(100, 100)));
        Assert.Equal(2, scaler.Decide(15, ScaledPods.With(0, 0, 0)));
    }

    [Fact]
    public void Total_IsDividedByTheTarget_WhateverTheNumberOfPods()
        => Assert.Equal(3, new HorizontalPodAutoscaler(Options with { Metrics = [ScaledPods.Metric with { Kind = MetricTarget.TotalPerReplica }] }).Decide(0, ScaledPods.With(25, 5)));

    [Fact]
    public void Metrics_OfWhichOneAsksForMore_FollowThatOne()
    {
        HpaMetric never = new(_ => 1, 1000);

        Assert.Equal(6, new HorizontalPodAutoscaler(Options with { Metrics = [never, ScaledPods.Metric] }).Decide(0, ScaledPods.With(20, 20, 20)));
    }

    [Fact]
    public void Keda_WithoutRequests_GoesToNoneAfterItsCooldownAndComesBackWithTheFirst()
    {
        var scaler = new KedaScaler(Options with { Metrics = [ScaledPods.Metric with { Kind = MetricTarget.TotalPerReplica }] });
        var none = ScaledPods.Of();

        Assert.Equal(0, scaler.Decide(0, none));
        Assert.Equal(1, scaler.Decide(30, none with { Arrivals = 1 }));
        for (var now = 45; now < 330; now += 15) Assert.Equal(1, scaler.Decide(now, ScaledPods.With(0)));
        Assert.Equal(0, scaler.Decide(330, ScaledPods.With(0)));
        Assert.Equal(0, scaler.Decide(345, none with { Arrivals = 1 }));
        Assert.Equal(1, scaler.Decide(360, none with { Arrivals = 1 }));
    }
}
