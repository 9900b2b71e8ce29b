using System.Text.Json;
using ServiceDefaults.Drift;

namespace ServiceDefaults.Tests.Drift;

public class DriftLookTests
{
    private const int Runs = 200, Requests = 5_000;

    /// <summary>The promise: at most one run in a hundred, of a horizon that is twice as long.</summary>
    [Fact]
    public void Looks_AtOneDistribution_RaiseNoMoreFalseAlarmsThanPromised()
    {
        var alarms = 0;
        Parallel.For(0, Runs, run =>
        {
            var (traffic, random, isAlarm) = (new Traffic(), new Random(run), false);
            for (var i = 1; i <= Requests; i++)
            {
                traffic.Add(random, i);
                if (i % 100 == 0 && i > 1000) isAlarm |= DriftLook.Of([traffic.Told()], Traffic.Settings).IsAlarm;
            }

            if (isAlarm) Interlocked.Increment(ref alarms);
        });

        Assert.InRange(alarms, 0, (int)(Runs * Traffic.Settings.Alpha));
    }

    [Fact]
    public void Looks_AfterAShift_RaiseAnAlarmWithin500Requests()
    {
        for (var run = 0; run < 20; run++)
        {
            var (traffic, random) = (new Traffic(), new Random(run));
            for (var i = 1; i <= 3_000; i++) traffic.Add(random, i);
            Assert.False(DriftLook.Of([traffic.Told()], Traffic.Settings).IsAlarm);
            for (var i = 1; i <= 500; i++) traffic.Add(random, 3_000 + i, shift: 0.7);

            Assert.True(DriftLook.Of([traffic.Told()], Traffic.Settings).IsAlarm);
        }
    }

    /// <summary>Whoever asks between two looks gets the last one again: asking raises no alarms.</summary>
    [Fact]
    public void Look_BetweenTwo_IsTheLastOne()
    {
        var (traffic, random) = (new Traffic(), new Random(1));
        for (var i = 1; i <= 1_700; i++) traffic.Add(random, i);
        var look = DriftLook.Of([traffic.Told()], Traffic.Settings);
        Assert.Equal((7, 500), (look.Number, look.Window.Count));

        for (var i = 1; i < 100; i++)
        {
            traffic.Add(random, 1_700 + i);
            var again = DriftLook.Of([traffic.Told()], Traffic.Settings);
            Assert.Equal(look.Features, again.Features);
        }

        traffic.Add(random, 1_800);
        Assert.NotEqual(look.Features, DriftLook.Of([traffic.Told()], Traffic.Settings).Features);
    }

    [Theory]
    [InlineData(850)]
    [InlineData(1_130)]
    [InlineData(1_640)]
    [InlineData(5_050)]
    public void Reports_OfTwoServers_AreThatOfOneWhichSawAll(int requests)
    {
        var (one, two) = (new Traffic(), new[] { new Traffic(), new Traffic() });
        // Each observation goes to one of two, not evenly.
        var choice = new Random(7);
        var (random, again) = (new Random(3), new Random(3));
        for (var i = 1; i <= requests; i++)
        {
            one.Add(random, i, shift: i > 4_000 ? 0.3 : 0);
            two[choice.Next(3) == 0 ? 0 : 1].Add(again, i, shift: i > 4_000 ? 0.3 : 0);
        }

        var expected = DriftReports.Of([Replica(one)], "1")!;
        var merged = DriftReports.Of([.. two.Select(Replica)], "1")!;

        Assert.Equal(requests > 1_100, expected.Features.Length > 0);
        Assert.Equal(2, merged.Replicas);
        Assert.Equal(JsonSerializer.Serialize(expected with { Replicas = 0 }), JsonSerializer.Serialize(merged with { Replicas = 0 }));
    }

    [Fact]
    public void Baseline_OnceStored_TakesThePlaceOfTheFirstObservations()
    {
        var (before, random) = (new Traffic(), new Random(5));
        for (var i = 1; i <= 1_000; i++) before.Add(random, i);
        var stored = DriftReports.BaselineOf([Replica(before)], "1");
        Assert.NotNull(stored);
        var now = new Traffic();
        for (var i = 1; i <= 500; i++) now.Add(random, 9_000 + i, shift: 0.7);

        var look = DriftLook.Of([now.Told(stored)], Traffic.Settings);

        Assert.True(look.IsAlarm);
        Assert.Equal((1_000, 500), (look.Baseline.Count, look.Window.Count));
        Assert.Equal(["confidence", "length", "unknown_share", "class"], look.Features.Select(f => f.Feature));
    }

    [Fact]
    public void Baseline_ThatIsNotComplete_CannotBeKept()
    {
        var (traffic, random) = (new Traffic(), new Random(5));
        for (var i = 1; i < 1_000; i++) traffic.Add(random, i);

        Assert.Null(DriftReports.BaselineOf([Replica(traffic)], "1"));
        Assert.Equal("collecting", DriftReports.Of([Replica(traffic)], "1")!.State);
    }

    private static ReplicaDrift Replica(Traffic traffic) => new("sentiment", "1", Traffic.Settings, [traffic.Told()]);
}
