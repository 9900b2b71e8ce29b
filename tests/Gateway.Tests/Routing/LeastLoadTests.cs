using Gateway.Replicas;
using Gateway.Routing;
using Gateway.Tests.Replicas;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Routing;

public sealed class LeastLoadTests
{
    private readonly PoolParts _parts = new(4);
    private readonly DestinationState[] _destinations = PoolParts.Destinations(4);

    [Fact]
    public void Pick_EqualLoad_SpreadsEvenly()
    {
        var counts = Pick(4000).CountBy(name => name).ToDictionary();

        Assert.Equal(4, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Pick_SameSeed_GivesTheSameChoices() => Assert.Equal(Pick(100), Pick(100));

    [Fact]
    public void Pick_OneFarBusier_IsNeverChosenInAPair()
    {
        _parts[2].Report(new(10_000, false));

        Assert.DoesNotContain("modelserver-2", Pick(1000));
    }

    [Fact]
    public void Pick_OneIdle_GetsHalfOfAllPairs()
    {
        foreach (var number in new[] { 1, 2, 3 }) _parts[number].Report(new(5000, false));

        Assert.InRange(Pick(4000).Count(name => name == "modelserver-4"), 1800, 2200);
    }

    [Fact]
    public void Report_ThatAges_CountsLessAndLess()
    {
        _parts[1].Report(new(1000, false));
        Assert.Equal(1000, _parts[1].Score(0));

        _parts.Clock.Advance(_parts.Options.ReportLifetime / 2);
        Assert.Equal(500, _parts[1].Score(0), 3);

        _parts.Clock.Advance(_parts.Options.ReportLifetime);
        Assert.Equal(0, _parts[1].Score(0));
        Assert.True(_parts[1].Score(1) > 0);
    }

    [Fact]
    public void Pick_OneOnTrial_GetsOneRequestAtATime()
    {
        var trial = _parts[1];
        trial.Eject(FailureKind.Slow);
        _parts.Clock.Advance(_parts.Options.EjectionTime);
        trial.Tick();
        Assert.Equal(ReplicaState.Trial, trial.State);

        Assert.Single(Pick(200), "modelserver-1");
        trial.Abandoned();
        Assert.Single(Pick(200), "modelserver-1");
        trial.Answered(TimeSpan.Zero);
        Assert.InRange(Pick(400).Count(name => name == "modelserver-1"), 50, 150);
    }

    [Fact]
    public void Pick_AllOnTrial_StillChooses()
    {
        var parts = new PoolParts(2);
        foreach (var replica in parts.Pool.All) Assert.True(replica.TryEnter());

        Assert.NotNull(new LeastLoad(parts.Pool, parts.Affinity(), new Random(1)).PickDestination(new DefaultHttpContext(), new ClusterState("c"), PoolParts.Destinations(2)));
    }

    private List<string> Pick(int times)
    {
        var policy = new LeastLoad(_parts.Pool, _parts.Affinity(), new Random(7));
        var (context, cluster) = (new DefaultHttpContext(), new ClusterState("modelservers"));
        return [.. Enumerable.Range(0, times).Select(_ => policy.PickDestination(context, cluster, _destinations)!.DestinationId)];
    }
}
