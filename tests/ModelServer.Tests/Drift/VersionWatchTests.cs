using ServiceDefaults.Drift;

namespace ModelServer.Tests.Drift;

public class VersionWatchTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Watch_OfMoreThanItKeeps_StaysBounded()
    {
        var watch = WatchParts.Watch();
        watch.Add(100_000, 5);

        var told = watch.Tell();

        Assert.Equal((100_000, 100, 60), (told.Seen, told.Early.Count, told.Recent.Count));
    }

    /// <summary>The server that shared its first observations and one that took them over compare the same from then on.</summary>
    [Fact]
    public void Store_OfItsOwnBaseline_GoesOnWhereItWas()
    {
        var watch = WatchParts.Watch();
        watch.Add(135, 5);
        var before = DriftLook.Of([watch.Tell()], WatchParts.Settings);

        watch.Store(watch.Complete(Now)!, isOwn: true);
        var after = DriftLook.Of([watch.Tell()], WatchParts.Settings);

        Assert.Equal((3, 30), (before.Number, before.Window.Count));
        Assert.Equal((3, 30), (after.Number, after.Window.Count));
        Assert.Equal(before.Features, after.Features);
    }

    [Fact]
    public void Store_OfAnothersBaseline_ComparesWithItAtOnce()
    {
        var (watch, other) = (WatchParts.Watch(), WatchParts.Watch());
        other.Add(100, 500);
        watch.Add(40, 5);

        watch.Store(other.Complete(Now)!, isOwn: false);

        Assert.True(DriftLook.Of([watch.Tell()], WatchParts.Settings).IsAlarm);
    }

    [Fact]
    public void Reset_BeginsAnew()
    {
        var watch = WatchParts.Watch();
        watch.Add(150, 5);
        watch.Store(watch.Complete(Now)!, isOwn: true);
        watch.Quality.Count([(0, 0)], isCorrect: true, isBestRight: true, confidence: 1, times: 1);

        watch.Reset();

        var told = watch.Tell();
        Assert.Equal((0, 0, 0), (told.Seen, told.Early.Count, told.Recent.Count));
        Assert.Null(told.Stored);
        Assert.Null(told.Quality);
    }

    [Fact]
    public void Complete_BeforeThereIsEnough_IsNothing()
    {
        var watch = WatchParts.Watch();
        watch.Add(99, 5);
        Assert.Null(watch.Complete(Now));

        watch.Add(1, 5);
        Assert.Equal(100, watch.Complete(Now)!.Features["length"].Length);
    }
}
